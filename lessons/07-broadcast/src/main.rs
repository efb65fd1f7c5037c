//! Broadcast: one datagram for every host.
//!
//! A frame to ff:ff:ff:ff:ff:ff is for every host on the link (RFC 919). So
//! one datagram can ask everybody a question, and one cable in the wrong
//! place can keep everybody busy.
//!
//! ```text
//! cargo run -p lesson-broadcast              one datagram, who hears it
//! cargo run -p lesson-broadcast -- denied    what the kernel refuses
//! cargo run -p lesson-broadcast -- storm     one frame that never ends
//! cargo run -p lesson-broadcast -- --help    all demos and tools
//! ```
//!
//! Three hosts hang on a hub: a frame from one reaches the others. One
//! thread plays them all. Start reading at [`announce::run`].

mod addresses;
mod announce;
mod denied;
mod discover;
mod igmp;
mod listen;
mod missed;
mod multicast;
mod scene;
mod send;
mod storm;
mod via;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::{Capture, Record};
use narrator::{During, Trouble, finish};

use crate::addresses::Asked;
use crate::listen::Listen;
use crate::send::Send;
use crate::storm::Storm;

/// Broadcast: one datagram for every host
#[derive(Parser)]
#[command(name = "lesson-broadcast", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// On the wire: to everybody, to one, to a group; and who hears it
    Announce(Record),
    /// On the wire: what the kernel refuses, and what it doesn't
    Denied(Capture),
    /// On the wire: which address means everybody
    Addresses(Asked),
    /// On the wire: which socket hears a broadcast
    Missed(Capture),
    /// On the wire: a group instead of everybody
    Multicast(Capture),
    /// On the wire: a question to everybody, and the answers
    Discover(Capture),
    /// On the wire: a loop, and one frame that never ends
    Storm(Storm),
    /// Tool: prints each datagram that comes, broadcasts too
    Listen(Listen),
    /// Tool: sends each line of stdin to everybody, or to a group
    Send(Send),
}

fn main() -> ExitCode {
    let first = Command::Announce(Record::default());
    let command = Arguments::parse().command.unwrap_or(first);
    finish("lesson-broadcast", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Announce(record) => ("announce", announce::run(record)),
        Denied(capture) => ("denied", denied::run(capture)),
        Addresses(asked) => ("addresses", addresses::run(asked)),
        Missed(capture) => ("missed", missed::run(capture)),
        Multicast(capture) => ("multicast", multicast::run(capture)),
        Discover(capture) => ("discover", discover::run(capture)),
        Storm(storm) => ("storm", storm::run(storm)),
        Listen(listen) => return listen::run(listen),
        Send(send) => return send::run(send),
    };
    result.during(name)
}
