//! Socket options: what a socket is set to, and what that changes.
//!
//! A socket is a set of numbers that the kernel keeps: how much it may
//! hold, how long it waits, whom it shares its port with. `getsockopt(2)`
//! reads them and `setsockopt(2)` changes them, each by a level and a name.
//!
//! ```text
//! cargo run -p lesson-socket-options            every option, read and set
//! cargo run -p lesson-socket-options -- nagle   the 40 ms of small writes
//! cargo run -p lesson-socket-options -- option TCP_NODELAY 1
//! cargo run -p lesson-socket-options -- --help  all demos and tools
//! ```
//!
//! Start reading at [`table::run`].

mod across_exec;
mod buffers;
mod descriptors;
mod keepalive;
mod leftovers;
mod linger;
mod nagle;
mod names;
mod option;
mod ports;
mod refused;
mod restart;
mod reuse;
mod scene;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::Capture;
use narrator::{During, Trouble, finish};

/// Socket options: what a socket is set to, and what that changes
#[derive(Parser)]
#[command(name = "lesson-socket-options", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Each option: what it is at first, set, and read back
    Table,
    /// What the kernel refuses to set
    Refused,
    /// The names of both ends, and what kind of socket it is
    Names,
    /// The lowest free number, and two numbers for one socket
    Descriptors,
    /// What a program that is started inherits
    AcrossExec,
    /// Who may bind a port that is taken: all combinations, measured
    Reuse(reuse::Record),
    /// In the lab: a server starts beside the old one, and loses clients
    Restart,
    /// On the wire: three small writes, and 40 ms of silence
    Nagle(Capture),
    /// On the wire: the size of a buffer, and the window that it makes
    Buffers(Capture),
    /// On the wire: what close does with bytes that are on their way
    Linger(Capture),
    /// On the wire: a peer that is silent, and one that is gone
    Keepalive(Capture),
    /// In the lab: ports run out, and a socket meets itself
    Ports,
    /// Tool: reads an option of a new TCP socket, and sets it
    Option {
        /// As the man page has it: SO_RCVBUF, IP_TTL, TCP_NODELAY
        name: String,
        /// What to set it to
        #[arg(allow_negative_numbers = true)]
        value: Option<String>,
    },
    /// Tool: tells which sockets it was given, until its stdin ends
    Inherited,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Table);
    finish("lesson-socket-options", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Table => ("table", table::run()),
        Refused => ("refused", refused::run()),
        Names => ("names", names::run()),
        Descriptors => (
            "descriptors",
            leftovers::close().and_then(|()| descriptors::run()),
        ),
        AcrossExec => (
            "across-exec",
            leftovers::close().and_then(|()| across_exec::run()),
        ),
        Reuse(record) => ("reuse", reuse::run(record)),
        Restart => ("restart", restart::run()),
        Nagle(capture) => ("nagle", nagle::run(capture)),
        Buffers(capture) => ("buffers", buffers::run(capture)),
        Linger(capture) => ("linger", linger::run(capture)),
        Keepalive(capture) => ("keepalive", keepalive::run(capture)),
        Ports => ("ports", ports::run()),
        Option { name, value } => return option::run(&name, value.as_deref()),
        Inherited => ("inherited", across_exec::inherited()),
    };
    result.during(name)
}
