//! Coroutines: many waits in one thread.
//!
//! A coroutine is a function with a stack of its own that can stop in the
//! middle and go on later. A thread has as many as it likes; where one would
//! wait, another runs. The kernel knows nothing of it.
//!
//! ```text
//! cargo run -p lesson-coroutines              two of them take turns
//! cargo run -p lesson-coroutines -- busy      one that doesn't stop
//! cargo run -p lesson-coroutines -- server    an echo server for nc
//! cargo run -p lesson-coroutines -- --help    all demos and tools
//! ```
//!
//! Start reading at [`demos::switch::run`].

mod demos;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use demos::*;
use narrator::{During, Trouble, finish};

/// Coroutines: many waits in one thread
#[derive(Parser)]
#[command(name = "lesson-coroutines", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Two coroutines take turns, each on its own stack
    Switch(switch::Record),
    /// A server and three clients in one thread
    Echo,
    /// One that loops or blocks, and all the others stand still
    Busy,
    /// Waiting for the ends of others, and for each other
    Join,
    /// Values from one to another, and a bound on how far ahead
    Channel,
    /// A reset, a silence, a panic: each ends one coroutine
    Trouble,
    /// A stack that is too small
    Overflow,
    /// Ten thousand at once: what each costs
    Crowd,
    /// A scheduler in each of two processes, at one address
    Processes,
    /// The same by async and await, side by side
    Async,
    /// What a switch costs
    Cost,
    /// Tool: an echo server for nc and friends
    Server(server::Options),
    /// Tool: a program of other demos, which does what its name says
    #[command(subcommand)]
    Worker(worker::Work),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    finish("lesson-coroutines", run(command))
}

fn run(command: Option<Command>) -> Result<(), Trouble> {
    use Command::*;
    let command = command.unwrap_or(Switch(switch::Record::default()));
    let (name, result) = match command {
        Switch(record) => ("switch", switch::run(record)),
        Echo => ("echo", echo::run()),
        Busy => ("busy", busy::run()),
        Join => ("join", join::run()),
        Channel => ("channel", channel::run()),
        Trouble => ("trouble", trouble::run()),
        Overflow => ("overflow", overflow::run()),
        Crowd => ("crowd", crowd::run()),
        Processes => ("processes", processes::run()),
        Async => ("async", by_await::run()),
        Cost => ("cost", cost::run()),
        Server(options) => return server::run(options),
        Worker(work) => ("worker", worker::run(work)),
    };
    result.during(name)
}
