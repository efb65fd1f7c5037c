//! Socket options: what a socket is set to, and what that changes.

mod reuse;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
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
    /// Who may bind a port that is taken: all combinations, measured
    Reuse(reuse::Record),
}

fn main() -> ExitCode {
    let Some(command) = Arguments::parse().command else {
        return ExitCode::SUCCESS;
    };
    finish("lesson-socket-options", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Reuse(record) => ("reuse", reuse::run(record)),
    };
    result.during(name)
}
