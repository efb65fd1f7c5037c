//! The lab, shown by itself: hosts, a wire, and what can go wrong on it.
//!
//! ```text
//! cargo run -p lab                  two hosts, a wire, one datagram
//! cargo run -p lab -- faults        each fault, struck on purpose
//! cargo run -p lab -- keep          two hosts to look at with ip and ping
//! cargo run -p lab -- --help        all demos and tools
//! ```
//!
//! Every demo takes `--pcap FILE`, for Wireshark. Start reading at
//! [`two_hosts::run`]; the library begins at `src/lib.rs`.

mod faults;
mod hub;
mod keep;
mod looped;
mod offloads;
mod two_hosts;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::{Capture, Lab, Recording};
use narrator::{During, Trouble, finish};

/// Hosts and a wire between them, without root
#[derive(Parser)]
#[command(name = "lab", disable_version_flag = true)]
#[command(mut_arg("pcap", |pcap| pcap.global(true)))]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    capture: Capture,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// Two hosts, a wire, and one datagram
    TwoHosts,
    /// Drop, duplicate, delay, reorder, corrupt, cut
    Faults,
    /// Three hosts on a hub: who hears what
    Hub,
    /// A hub's two ends joined: one frame comes round and round
    Loop,
    /// What a frame looks like when the kernel leaves work to the card
    Offloads,
    /// Tool: two hosts that stay until stdin ends, to look at them
    Keep,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    finish("lab", run(arguments))
}

fn run(arguments: Arguments) -> Result<(), Trouble> {
    type Demo = fn(&mut Lab) -> io::Result<Recording>;
    let (name, demo, recorded): (_, Demo, _) = match arguments
        .command
        .unwrap_or(Command::TwoHosts)
    {
        Command::TwoHosts => (
            "two-hosts",
            two_hosts::run,
            include_str!("../tests/snapshots/two-hosts.snap"),
        ),
        Command::Faults => (
            "faults",
            faults::run,
            include_str!("../tests/snapshots/faults.snap"),
        ),
        Command::Hub => {
            ("hub", hub::run, include_str!("../tests/snapshots/hub.snap"))
        }
        Command::Loop => {
            ("loop", looped::run, include_str!("../tests/snapshots/loop.snap"))
        }
        Command::Offloads => (
            "offloads",
            offloads::run,
            include_str!("../tests/snapshots/offloads.snap"),
        ),
        Command::Keep => return keep::run().during("keep"),
    };
    let capture = arguments.capture;
    let Some(mut lab) = capture.enter(recorded)? else { return Ok(()) };
    let recording = demo(&mut lab).during(name)?;
    capture.write(&recording)
}

/// Makes a call again that a signal interrupted. With a time limit on the
/// socket `recv` isn't restarted by itself, not even after Ctrl-Z and `fg`:
/// signal(7).
fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            done => return done,
        }
    }
}
