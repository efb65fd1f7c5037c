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

mod announce;
mod scene;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{During, Trouble, finish};

use crate::scene::Record;

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
    };
    result.during(name)
}
