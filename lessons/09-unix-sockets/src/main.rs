//! Unix sockets: two processes on one machine.
//!
//! A Unix socket is a socket without a network (unix(7)). Its address is the
//! path of a file, so the file system says who may connect, and the kernel
//! knows who has. And it can carry what no network can: descriptors.
//!
//! ```text
//! cargo run -p lesson-unix-sockets              a conversation through a file
//! cargo run -p lesson-unix-sockets -- stale     the file that stays behind
//! cargo run -p lesson-unix-sockets -- server    an echo server for nc -U
//! cargo run -p lesson-unix-sockets -- --help    all demos and tools
//! ```
//!
//! Start reading at `echo::run`.

mod pass_descriptor;
mod stage;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{During, Trouble, finish};

/// Unix sockets: two processes on one machine
#[derive(Parser)]
#[command(name = "lesson-unix-sockets", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// A listener goes from one program to another
    PassDescriptor(pass_descriptor::Record),
    /// Tool: a program of pass-descriptor, which does what stdin says
    Worker,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    match command {
        None => ExitCode::FAILURE,
        Some(command) => finish("lesson-unix-sockets", run(command)),
    }
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        PassDescriptor(record) => {
            ("pass-descriptor", pass_descriptor::run(record))
        }
        Worker => return worker::run(),
    };
    result.during(name)
}
