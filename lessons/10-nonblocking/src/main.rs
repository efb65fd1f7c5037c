//! Waiting without blocking: non-blocking sockets and time-outs.
//!
//! A call on a socket waits until it can do something, and for ever if it
//! must (recv(2)). With O_NONBLOCK it says EAGAIN instead, with SO_RCVTIMEO
//! it does so after a while, and a signal ends it with EINTR (signal(7)).
//!
//! ```text
//! cargo run -p lesson-nonblocking               four ways to wait for three
//! cargo run -p lesson-nonblocking -- connect    a connect that is in progress
//! cargo run -p lesson-nonblocking -- deadline   why a time-out isn't enough
//! cargo run -p lesson-nonblocking -- --help     all demos
//! ```
//!
//! Start reading at [`four_models::run`].

mod backoff;
mod connect;
mod drip;
mod four_models;
mod inherited;
mod interrupted;
mod stage;
mod stopped;
mod timeline;
mod timeouts;
mod would_block;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{During, Trouble, finish};

/// Waiting without blocking: non-blocking sockets and time-outs
#[derive(Parser)]
#[command(name = "lesson-nonblocking", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Three slow peers, served in four ways
    FourModels(four_models::Record),
    /// Calls that don't wait, and say so
    WouldBlock,
    /// What a connection has from its listener, and what it hasn't
    Inherited,
    /// A connect that is in progress, and what came of it
    Connect,
    /// How long a call waits, and how it says that it has
    Timeouts,
    /// A peer that drips: a time-out of each call, and a deadline for all
    Deadline,
    /// Signals for a thread that waits
    Interrupted,
    /// Trying again: longer each time, and not with all the others
    Backoff,
    /// Tool: a program of interrupted, which waits until its stdin ends
    Waiter,
}

fn main() -> ExitCode {
    let first = Command::FourModels(four_models::Record::default());
    let command = Arguments::parse().command.unwrap_or(first);
    finish("lesson-nonblocking", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        FourModels(record) => ("four-models", four_models::run(record)),
        WouldBlock => ("would-block", would_block::run()),
        Inherited => ("inherited", inherited::run()),
        Connect => ("connect", connect::run()),
        Timeouts => ("timeouts", timeouts::run()),
        Deadline => ("deadline", drip::run()),
        Interrupted => ("interrupted", interrupted::run()),
        Backoff => ("backoff", backoff::run()),
        Waiter => ("waiter", stopped::wait()),
    };
    result.during(name)
}
