//! Multiplexing: one thread, many sockets.

mod level_edge;

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
    /// The same program in both modes of epoll
    LevelEdge(level_edge::Record),
}

fn main() -> ExitCode {
    finish("lesson-multiplexing", run(Arguments::parse().command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        LevelEdge(record) => ("level-edge", level_edge::run(record)),
    };
    result.during(name)
}
