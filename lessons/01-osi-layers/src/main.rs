//! Layers: a header around a header around the data.
//!
//! Each layer puts its header before what the layer above handed down, and
//! doesn't look at what follows (RFC 1122, section 1.1.3).
//!
//! ```text
//! cargo run -p lesson-osi-layers                a request, wrapped into a frame
//! cargo run -p lesson-osi-layers -- dissect     every field of every frame
//! cargo run -p lesson-osi-layers -- checksum    the damage that a sum misses
//! cargo run -p lesson-osi-layers -- --help      all demos
//! ```
//!
//! The frames are those of the Linux kernel: two hosts of the lab talk to
//! each other, and a wire that is a program shows what they send. One thread
//! plays both ends and the wire, so what comes first in a demo's code comes
//! first in its story. Start reading at [`encapsulate::run`].

mod dissect;
mod encapsulate;
mod explorer;
mod flips;
mod fragments;
mod lying;
mod messages;
mod models;
mod overhead;
mod questions;
mod scene;
mod story;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::Capture;
use narrator::{Trouble, finish};

/// Layers: a header around a header around the data
#[derive(Parser)]
#[command(name = "lesson-osi-layers", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// A request, wrapped layer by layer, beside the kernel's own frame
    Encapsulate(Capture),
    /// Seven, five and four layers, and where each lives on a machine
    Models(Capture),
    /// Every field of every frame, of the lab's wire or of a file
    Dissect(dissect::Form),
    /// The network's own messages: an echo, and a port that nobody has
    Icmp(Capture),
    /// A datagram over IPv6, and the question that comes before it
    Ipv6(Capture),
    /// What the headers of small messages cost
    Overhead(Capture),
    /// One flipped bit is noticed, two may not be
    Checksum(Capture),
    /// A packet too large for a link, and its pieces
    Fragments(Capture),
    /// Headers whose lengths are false: our reader's answer and the kernel's
    Lying(Capture),
}

fn main() -> ExitCode {
    let first = Command::Encapsulate(Capture::default());
    let command = Arguments::parse().command.unwrap_or(first);
    finish("lesson-osi-layers", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    match command {
        Encapsulate(capture) => encapsulate::run(capture),
        Models(capture) => models::run(capture),
        Dissect(form) => dissect::run(form),
        Icmp(capture) => messages::icmp(capture),
        Ipv6(capture) => messages::ipv6(capture),
        Overhead(capture) => overhead::run(capture),
        Checksum(capture) => flips::run(capture),
        Fragments(capture) => fragments::run(capture),
        Lying(capture) => lying::run(capture),
    }
}
