//! Byte order: which byte of a number comes first.
//!
//! Memory is a row of bytes, and a number of several bytes takes several
//! places in it. Machines disagree about which byte goes first; the internet
//! has settled it: the most significant one (RFC 791, appendix B).
//!
//! ```text
//! cargo run -p lesson-byte-order              numbers in memory, both ways
//! cargo run -p lesson-byte-order -- forgot    a port that was not swapped
//! cargo run -p lesson-byte-order -- header    a header by hand, and padding
//! cargo run -p lesson-byte-order -- --help    all demos
//! ```
//!
//! Start reading at [`memory::run`].

mod memory;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use narrator::{Trouble, finish};

/// Byte order: which byte of a number comes first
#[derive(Parser)]
struct Lesson {
    #[command(subcommand)]
    demo: Option<Demo>,
}

#[derive(Subcommand)]
enum Demo {
    /// Numbers in memory, byte by byte, in both orders (the main story)
    Memory(Form),
}

#[derive(Args, Default)]
struct Form {
    /// Print the numbers as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    finish("lesson-byte-order", run(Lesson::parse().demo))
}

fn run(demo: Option<Demo>) -> Result<(), Trouble> {
    match demo.unwrap_or(Demo::Memory(Form::default())) {
        Demo::Memory(form) => memory::run(form.json),
    }
}
