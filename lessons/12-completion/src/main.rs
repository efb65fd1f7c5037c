//! Completion: io_uring.
//!
//! With io_uring(7) a program doesn't wait until a call is possible, and
//! then make it. It says what it wants, for many sockets at once if it likes,
//! and is told when it is done.
//!
//! ```text
//! cargo run -p lesson-completion              an echo, through two queues
//! cargo run -p lesson-completion -- cancel    a buffer that is the kernel's
//! cargo run -p lesson-completion -- server    an echo server for nc
//! cargo run -p lesson-completion -- --help    all demos and tools
//! ```
//!
//! Start reading at [`echo::run`].

mod batch;
mod cancel;
mod echo;
mod linked;
mod reused;
mod scene;
mod server;
mod timeline;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lesson_completion::Ring;
use narrator::{During, Trouble, finish};
use timeline::Record;

/// Room for so many entries: more than a demo ever pushes at once.
const ENTRIES: u32 = 256;

/// Completion: io_uring
#[derive(Parser)]
#[command(name = "lesson-completion", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// A server's calls, submitted and completed
    Echo,
    /// Who copies the bytes, and when: readiness beside completion
    Timeline(timeline::Record),
    /// Two operations taken back: in time, and too late
    Cancel,
    /// A buffer that the program took for something else too early
    Reused,
    /// System calls per 1,000 messages, beside epoll
    Batch,
    /// A recv and its time limit, in one submission
    Linked,
    /// Tool: an echo server for nc and friends
    Server {
        /// Where it listens
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Echo);
    finish("lesson-completion", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    match command {
        Echo => demo("echo", snapshot!("echo"), echo::run),
        Timeline(Record { json: false }) => {
            let run = |ring: &mut Ring| timeline::run(ring, false);
            demo("timeline", snapshot!("timeline"), run)
        }
        Timeline(Record { json: true }) => {
            let run = |ring: &mut Ring| timeline::run(ring, true);
            demo("timeline", snapshot!("timeline.json"), run)
        }
        Cancel => demo("cancel", snapshot!("cancel"), cancel::run),
        Reused => demo("reused", snapshot!("reused"), reused::run),
        Batch => demo("batch", snapshot!("batch"), batch::run),
        Linked => demo("linked", snapshot!("linked"), linked::run),
        Server { address } => server::run(address),
    }
}

/// What the book shows of a demo, for machines that can't run it.
macro_rules! snapshot {
    ($demo:literal) => {
        include_str!(concat!("../tests/snapshots/", $demo, ".snap"))
    };
}
use snapshot;

/// Runs a demo with a ring. Where there is none, the recorded run is played.
fn demo(
    name: &str,
    recorded: &str,
    run: fn(&mut Ring) -> io::Result<()>,
) -> Result<(), Trouble> {
    match Ring::new(ENTRIES) {
        Ok(mut ring) => run(&mut ring).during(name),
        Err(forbidden) => {
            forbidden.replay(recorded);
            Ok(())
        }
    }
}
