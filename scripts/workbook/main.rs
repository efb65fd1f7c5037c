//! The reader's command: the book, the exercises, and what this machine can
//! do.
//!
//! ```text
//! cargo run                    open the workbook in a browser
//! cargo workbook list          chapters, exercises and your progress
//! cargo workbook check NAME    is my answer right?
//! ```
//!
//! Start reading at [`Command`]: each has a module of its own.

#[cfg(feature = "book")]
mod book;
#[cfg(not(feature = "book"))]
#[path = "lean.rs"]
mod book;
mod check;
mod children;
mod claims;
mod compile;
mod course;
mod diagnostics;
mod doctor;
mod exercises;
mod progress;
mod report;
mod store;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Sockets, Byte by Byte: a workbook on network programming
#[derive(Parser)]
#[command(name = "workbook", bin_name = "cargo workbook")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: book::Options,
    /// The workspace, where it is not the one around this folder
    #[arg(long, global = true, hide = true)]
    root: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Exercises(exercises::Command),
    /// Build the book, or serve it
    #[command(subcommand)]
    Book(BookCommand),
    /// What mdBook calls when it builds this book by itself
    #[command(hide = true)]
    Preprocess {
        /// Given by mdBook: `supports RENDERER`
        arguments: Vec<String>,
    },
}

#[derive(Subcommand)]
enum BookCommand {
    /// Build the book into a folder
    Build {
        /// Where the HTML goes
        #[arg(long, default_value = "target/book")]
        dest: PathBuf,
        /// Show what is missing in its place, for whoever writes a chapter
        #[arg(long, hide = true)]
        draft: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = arguments.root.unwrap_or_else(course::root);
    let result = match arguments.command {
        None => book::serve::run(&root, &arguments.serve).map(success),
        Some(Command::Exercises(command)) => exercises::run(&root, command),
        Some(Command::Book(BookCommand::Build { dest, draft })) => {
            let mode = book::Mode { draft, live: false };
            book::build(&root, &dest, mode).map(success)
        }
        Some(Command::Preprocess { arguments }) => {
            book::preprocess(&arguments).map(success)
        }
    };
    result.unwrap_or_else(|trouble| {
        exercises::complain(&trouble);
        match trouble.is::<course::Unknown>() {
            // As clap has it for what was called wrongly.
            true => ExitCode::from(2),
            false => ExitCode::FAILURE,
        }
    })
}

fn success((): ()) -> ExitCode {
    ExitCode::SUCCESS
}
