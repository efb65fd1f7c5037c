//! Names and addresses, and who translates them.
mod limit;
mod path;
mod resolve;
mod stage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{Trouble, finish};

/// Names and addresses, and who translates them
#[derive(Parser)]
#[command(name = "lesson-names", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// A name's addresses, and whom the C library asks for them
    Resolve(resolve::Form),
}

fn main() -> ExitCode {
    let first = Command::Resolve(resolve::Form::default());
    let command = Arguments::parse().command.unwrap_or(first);
    finish("lesson-names", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    match command {
        Resolve(form) => resolve::run(form),
    }
}
