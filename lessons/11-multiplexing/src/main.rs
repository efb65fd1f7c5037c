//! Multiplexing: one thread, many sockets.

mod busy_writer;
mod by_number;
mod duplicated;
mod events;
mod fd_setsize;
mod herd;
mod herd_worker;
mod level_edge;
mod limit;
mod stale;
mod starvation;
mod timers;
mod zero_bytes;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{During, Trouble, finish};

/// Multiplexing: one thread, many sockets
#[derive(Parser)]
#[command(name = "lesson-multiplexing", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What can happen to a descriptor, and what each mechanism says of it
    Events,
    /// Interest in writing, all the time and only when needed
    BusyWriter,
    /// The end of a connection, ignored
    ZeroBytes,
    /// A client that never stops sending, and one that waits
    Starvation,
    /// A closed descriptor that epoll goes on telling of
    Duplicated,
    /// An event for a descriptor that has become another's
    Stale,
    /// Timers as the time-out of a wait, and as descriptors
    Timers,
    /// One listener, many processes: whom a connection wakes
    Herd,
    /// Tool: a process of herd, which does what it is told
    HerdWorker {
        /// Watch the listener with EPOLLEXCLUSIVE
        #[arg(long)]
        exclusive: bool,
    },
    /// A descriptor that is numbered 1024
    FdSetsize,
    /// The same program in both modes of epoll
    LevelEdge(level_edge::Record),
}

fn main() -> ExitCode {
    finish("lesson-multiplexing", run(Arguments::parse().command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Timers => ("timers", timers::run()),
        Herd => ("herd", herd::run()),
        HerdWorker { exclusive } => return herd_worker::run(exclusive),
        Duplicated => ("duplicated", duplicated::run()),
        Stale => ("stale", stale::run()),
        BusyWriter => ("busy-writer", busy_writer::run()),
        ZeroBytes => ("zero-bytes", zero_bytes::run()),
        Starvation => ("starvation", starvation::run()),
        FdSetsize => ("fd-setsize", fd_setsize::run()),
        Events => ("events", events::run()),
        LevelEdge(record) => ("level-edge", level_edge::run(record)),
    };
    result.during(name)
}
