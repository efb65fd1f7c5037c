//! UDP: datagrams, each by itself.
//!
//! UDP adds ports and a checksum to IP, and nothing else (RFC 768). A
//! datagram is a message: it arrives whole or not at all. Whether it
//! arrives, in which order, and how often, UDP doesn't promise.
//!
//! ```text
//! cargo run -p lesson-udp              the calls of both sides, told
//! cargo run -p lesson-udp -- truncate  what doesn't fit is lost
//! cargo run -p lesson-udp -- server    an echo server for nc -u and friends
//! cargo run -p lesson-udp -- --help    all demos and tools
//! ```
//!
//! A demo plays both ends by itself, in one thread: what comes first in its
//! code comes first in its story. Start reading at [`echo::run`].

mod duplicate;
mod echo;
mod faulty;
mod loss;
mod reorder;
mod scene;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{During, Trouble, finish};

use crate::faulty::Record;

/// UDP: datagrams, each by itself
#[derive(Parser)]
#[command(name = "lesson-udp", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The calls of a server and a client, both sides told
    Echo,
    /// On the wire: a datagram is lost
    Loss(Record),
    /// On the wire: a datagram overtakes another
    Reorder(Record),
    /// On the wire: a datagram arrives twice
    Duplicate(Record),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Echo);
    finish("lesson-udp", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Echo => ("echo", echo::run()),
        Loss(record) => ("loss", loss::run(record)),
        Reorder(record) => ("reorder", reorder::run(record)),
        Duplicate(record) => ("duplicate", duplicate::run(record)),
    };
    result.during(name)
}
