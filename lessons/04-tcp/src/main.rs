//! TCP, one connection at a time.
//!
//! TCP carries a stream of bytes between two sockets, in order, each byte
//! once (RFC 9293, section 2.2). A server waits for connections; a client
//! makes one; from then on both may send.
//!
//! ```text
//! cargo run -p lesson-tcp                 the calls of both sides, told
//! cargo run -p lesson-tcp -- half-close   stop sending, go on receiving
//! cargo run -p lesson-tcp -- loss         the frames of two hosts, one lost
//! cargo run -p lesson-tcp -- server       an echo server for nc and friends
//! cargo run -p lesson-tcp -- --help       all demos and tools
//! ```
//!
//! A demo plays both ends by itself, in one thread: what comes first in its
//! code comes first in its story. Start reading at [`echo::run`]; of the demos
//! on the wire, at [`handshake::run`].

mod backlog;
mod broken_pipe;
mod client;
mod close;
mod conversation;
mod delivered;
mod echo;
mod half_close;
mod handshake;
mod in_hand;
mod loss;
mod refused;
mod reset;
mod server;
mod short_read;
mod short_write;
mod stage;
mod states;
mod stop;
mod time_wait;
mod two_clients;
mod vanish;
mod wire_delivered;
mod wire_half_close;
mod wire_reset;
mod zero_bytes;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::{Capture, Record};
use narrator::{During, Trouble, finish};

/// TCP, one connection at a time
#[derive(Parser)]
#[command(name = "lesson-tcp", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The calls of a server and a client, both sides told
    Echo,
    /// A socket for every client, told apart by addresses
    TwoClients,
    /// Connected is not accepted: the queue of listen
    Backlog,
    /// Sent and acknowledged is not read
    Delivered,
    /// A send takes what fits
    ShortWrite,
    /// A recv takes what is there, and leaves the rest
    ShortRead,
    /// A recv of 0 bytes is the end, again and again
    ZeroBytes,
    /// Stop sending, go on receiving
    HalfClose,
    /// The close step by step, and the port it leaves busy
    TimeWait,
    /// A close with unread bytes loses what was sent
    Reset,
    /// A send to a peer that is gone
    BrokenPipe,
    /// A connect where nobody listens
    Refused,
    /// A server stops, its clients finish
    Stop,
    /// On the wire: three segments make a connection
    Handshake(Record),
    /// On the wire: each side closes its own direction
    Close(Record),
    /// On the wire: all eleven states, as the kernels report them
    States(Record),
    /// On the wire: a lost segment, and three ways to notice
    Loss(Record),
    /// On the wire: a peer that vanishes
    Vanish(Record),
    /// On the wire: acknowledged is not read
    WireDelivered(Capture),
    /// On the wire: data after a FIN, from the other side
    WireHalfClose(Capture),
    /// On the wire: data, then RST
    WireReset(Capture),
    /// Tool: an echo server for the client below, nc and friends
    Server {
        /// Where to listen
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
    },
    /// Tool: sends stdin to a server, and prints what it answers
    Client {
        /// Where the server listens
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Echo);
    finish("lesson-tcp", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Echo => ("echo", echo::run()),
        TwoClients => ("two-clients", two_clients::run()),
        Backlog => ("backlog", backlog::run()),
        Delivered => ("delivered", delivered::run()),
        ShortWrite => ("short-write", short_write::run()),
        ShortRead => ("short-read", short_read::run()),
        ZeroBytes => ("zero-bytes", zero_bytes::run()),
        HalfClose => ("half-close", half_close::run()),
        TimeWait => ("time-wait", time_wait::run()),
        Reset => ("reset", reset::run()),
        BrokenPipe => ("broken-pipe", broken_pipe::run()),
        Refused => ("refused", refused::run()),
        Stop => ("stop", stop::run()),
        Handshake(record) => ("handshake", handshake::run(record)),
        Close(record) => ("close", close::run(record)),
        States(record) => ("states", states::run(record)),
        Loss(record) => ("loss", loss::run(record)),
        Vanish(record) => ("vanish", vanish::run(record)),
        WireDelivered(capture) => {
            ("wire-delivered", wire_delivered::run(capture))
        }
        WireHalfClose(capture) => {
            ("wire-half-close", wire_half_close::run(capture))
        }
        WireReset(capture) => ("wire-reset", wire_reset::run(capture)),
        Server { address } => return server::run(address),
        Client { address } => return client::run(address),
    };
    result.during(name)
}
