//! Servers: one after the other, by threads, by processes, by a pool.
//!
//! A server that serves one client at a time lets all others wait. Threads,
//! processes and a pool of threads are three ways out; each brings a trouble
//! of its own.
//!
//! ```text
//! cargo run -p lesson-socketserver              who waits for whom
//! cargo run -p lesson-socketserver -- zombies   children that nobody reaps
//! cargo run -p lesson-socketserver -- serve     a server for nc
//! cargo run -p lesson-socketserver -- --help    all demos and tools
//! ```
//!
//! Start reading at [`demos::compare::run`].

mod demos;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use demos::*;
use narrator::{During, Trouble, finish};

/// Servers: sequential, threading, forking, pooled
#[derive(Parser)]
#[command(name = "lesson-socketserver", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The same handler on every server: who waits for whom
    Compare(compare::Record),
    /// Every kind of server, at every kind of socket
    Classes,
    /// Children that have ended, and a close that isn't the end
    Zombies,
    /// No descriptor is left, and a client calls
    OutOfDescriptors,
    /// A client that resets its connection
    Reset,
    /// Waking a thread that waits in recv or accept
    Wake,
    /// A stop while requests are in flight
    Stop,
    /// A handler that panics
    Panic,
    /// A handler that never returns
    NeverReturns,
    /// More clients than the limit
    Limits,
    /// Tool: a server that answers lines in capital letters
    Serve(serve::Options),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    finish("lesson-socketserver", run(command))
}

fn run(command: Option<Command>) -> Result<(), Trouble> {
    use Command::*;
    let command = command.unwrap_or(Compare(compare::Record::default()));
    let (name, result) = match command {
        Compare(record) => ("compare", compare::run(record)),
        Classes => ("classes", classes::run()),
        Zombies => ("zombies", zombies::run()),
        OutOfDescriptors => ("out-of-descriptors", out_of_descriptors::run()),
        Reset => ("reset", reset::run()),
        Wake => ("wake", wake::run()),
        Stop => ("stop", stop::run()),
        Panic => ("panic", panic::run()),
        NeverReturns => ("never-returns", never_returns::run()),
        Limits => ("limits", limits::run()),
        Serve(options) => return serve::run(options),
    };
    result.during(name)
}
