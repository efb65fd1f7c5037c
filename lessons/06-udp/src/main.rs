//! UDP: datagrams, each by itself.
//!
//! UDP adds ports and a checksum to IP, and nothing else (RFC 768). A
//! datagram is a message: it arrives whole or not at all. Whether it
//! arrives, in which order, and how often, UDP doesn't promise.
//!
//! ```text
//! cargo run -p lesson-udp              the calls of both sides, told
//! cargo run -p lesson-udp -- truncate  what doesn't fit is lost
//! cargo run -p lesson-udp -- server    an echo server for nc -u and friends
//! cargo run -p lesson-udp -- --help    all demos and tools
//! ```
//!
//! A demo plays both ends by itself, in one thread: what comes first in its
//! code comes first in its story. Start reading at [`echo::run`].

mod boundaries;
mod client;
mod dns_lies;
mod dns_query;
mod duplicate;
mod echo;
mod empty;
mod faulty;
mod full_buffer;
mod loss;
mod mtu;
mod reorder;
mod scene;
mod server;
mod truncate;
mod unreachable;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::{Capture, Record};
use narrator::{During, Trouble, finish};

/// UDP: datagrams, each by itself
#[derive(Parser)]
#[command(name = "lesson-udp", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The calls of a server and a client, both sides told
    Echo,
    /// Three sends, three receives: a datagram is a message
    Boundaries,
    /// What doesn't fit the buffer is gone
    Truncate,
    /// The smallest datagram, and the largest
    Empty,
    /// A thousand datagrams, and room for a few
    FullBuffer,
    /// On the wire: nobody listens, and who is told
    Unreachable(Capture),
    /// On the wire: a datagram is lost
    Loss(Record),
    /// On the wire: a datagram overtakes another
    Reorder(Record),
    /// On the wire: a datagram arrives twice
    Duplicate(Record),
    /// On the wire: a datagram in pieces, and one that mustn't be
    Mtu(Capture),
    /// On the wire: a question to a name server, written by hand
    Dns(Capture),
    /// Answers that lie, and how each is refused
    DnsLies,
    /// Tool: an echo server for the client below, nc -u and friends
    Server {
        /// Where to wait for datagrams
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
    },
    /// Tool: sends each line of stdin, and prints what comes back
    Client {
        /// Where the server waits
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Echo);
    finish("lesson-udp", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Echo => ("echo", echo::run()),
        Boundaries => ("boundaries", boundaries::run()),
        Truncate => ("truncate", truncate::run()),
        Empty => ("empty", empty::run()),
        FullBuffer => ("full-buffer", full_buffer::run()),
        Unreachable(capture) => ("unreachable", unreachable::run(capture)),
        Loss(record) => ("loss", loss::run(record)),
        Reorder(record) => ("reorder", reorder::run(record)),
        Duplicate(record) => ("duplicate", duplicate::run(record)),
        Mtu(capture) => ("mtu", mtu::run(capture)),
        Dns(capture) => ("dns", dns_query::run(capture)),
        DnsLies => ("dns-lies", dns_lies::run()),
        Server { address } => return server::run(address),
        Client { address } => return client::run(address),
    };
    result.during(name)
}
