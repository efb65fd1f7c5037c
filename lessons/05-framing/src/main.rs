//! Message framing: where one message ends and the next begins.
//!
//! TCP carries bytes, not messages (RFC 9293, section 2.2). How many sends
//! the bytes came from, nobody tells the receiver.
//!
//! ```text
//! cargo run -p lesson-framing                   three sends, one receive
//! cargo run -p lesson-framing -- split          one send, many receives
//! cargo run -p lesson-framing -- length-prefix  a remedy that works
//! cargo run -p lesson-framing -- delay          a remedy that doesn't
//! cargo run -p lesson-framing -- server         a server of lines, for nc
//! ```
//!
//! Start reading at [`glued::run`]. The remedies are the library beside
//! this file.

mod delay;
mod delimiter;
mod framed;
mod glued;
mod hostile;
mod length_prefix;
mod server;
mod split;
mod stage;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use narrator::Trouble;

/// Message framing: where one message ends and the next begins
#[derive(Parser)]
struct Lesson {
    #[command(subcommand)]
    demo: Option<Demo>,
}

#[derive(Subcommand)]
enum Demo {
    /// Three sends, one receive (the main story)
    Glued(Form),
    /// One send, many receives
    Split(Form),
    /// First remedy: a newline after each message
    Delimiter(Form),
    /// Second remedy: a length before each message
    LengthPrefix(Form),
    /// Third remedy, and how it fails: a wait after each message
    Delay(Form),
    /// Bad clients, refused within bounds
    Hostile,
    /// Tool: a server of lines that tells each piece, for nc and friends
    Server {
        /// Where to listen
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
    },
}

#[derive(Args)]
struct Form {
    /// Print the calls as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    narrator::finish("lesson-framing", run(Lesson::parse().demo))
}

fn run(demo: Option<Demo>) -> Result<(), Trouble> {
    match demo.unwrap_or(Demo::Glued(Form { json: false })) {
        Demo::Glued(form) => glued::run(form.json),
        Demo::Split(form) => split::run(form.json),
        Demo::Delimiter(form) => delimiter::run(form.json),
        Demo::LengthPrefix(form) => length_prefix::run(form.json),
        Demo::Delay(form) => delay::run(form.json),
        Demo::Hostile => hostile::run(),
        Demo::Server { address } => server::run(address),
    }
}
