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

mod bits;
mod detect;
mod forgot;
mod header;
mod memory;

use std::path::PathBuf;
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
    /// A port that was not swapped, and where the server really is
    Forgot {
        /// Which ports, from 1 on
        #[arg(value_name = "PORT", default_values_t = [8888, 8080])]
        #[arg(value_parser = clap::value_parser!(u16).range(1..))]
        ports: Vec<u16>,
    },
    /// A header written field by field, and what a struct takes instead
    Header,
    /// Fields that are smaller than a byte
    Bits,
    /// Files that tell their order, and a text that doesn't
    Detect {
        /// A capture or a text; examples, if none is named
        file: Option<PathBuf>,
    },
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
        Demo::Forgot { ports } => forgot::run(&ports),
        Demo::Header => header::run(),
        Demo::Bits => bits::run(),
        Demo::Detect { file } => detect::run(file),
    }
}
