//! Multiplexing: one thread, many sockets.
//!
//! A program that waits in `recv` waits for one peer. select(2), poll(2) and
//! epoll(7) wait for many at once, and tell which of them have something.
//!
//! ```text
//! cargo run -p lesson-multiplexing               three clients, one thread
//! cargo run -p lesson-multiplexing -- echo --with select
//! cargo run -p lesson-multiplexing -- server     an echo server for nc
//! cargo run -p lesson-multiplexing -- --help     all demos and tools
//! ```
//!
//! Start reading at [`echo::run`].

mod busy_writer;
mod by_number;
mod clients;
mod duplicated;
mod echo;
mod events;
mod fd_setsize;
mod herd;
mod herd_worker;
mod level_edge;
mod limit;
mod plot;
mod scaling;
mod server;
mod stage;
mod stale;
mod starvation;
mod ten_thousand;
mod timers;
mod write_queue;
mod zero_bytes;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use lesson_multiplexing::Mechanism;
use narrator::{During, Trouble, finish};

/// Multiplexing: one thread, many sockets
#[derive(Parser)]
#[command(name = "lesson-multiplexing", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Three clients and one thread, which waits for all of them at once
    Echo(With),
    /// What can happen to a descriptor, and what each mechanism says of it
    Events,
    /// Interest in writing, all the time and only when needed
    BusyWriter,
    /// The end of a connection, ignored
    ZeroBytes,
    /// A client that never stops sending, and one that waits
    Starvation,
    /// A closed descriptor that epoll goes on telling of
    Duplicated,
    /// An event for a descriptor that has become another's
    Stale,
    /// Timers as the time-out of a wait, and as descriptors
    Timers,
    /// One listener, many processes: whom a connection wakes
    Herd,
    /// Tool: a process of herd, which does what it is told
    HerdWorker {
        /// Watch the listener with EPOLLEXCLUSIVE
        #[arg(long)]
        exclusive: bool,
    },
    /// A descriptor that is numbered 1024
    FdSetsize,
    /// The same program in both modes of epoll
    LevelEdge(level_edge::Record),
    /// A client that reads late, and what becomes of its answers
    WriteQueue(With),
    /// What a wait costs beside idle descriptors, on this machine
    Scaling(scaling::Record),
    /// Ten thousand connections, and one thread
    TenThousand(With),
    /// Tool: an echo server for nc and friends
    Server {
        /// Where to listen
        #[arg(default_value = "127.0.0.1:8888")]
        address: SocketAddr,
        #[command(flatten)]
        with: With,
        /// End when the program that has started this one does
        #[arg(long)]
        child: bool,
    },
    /// Tool: a process of ten-thousand, with its part of the clients
    Clients {
        /// Where the server listens
        server: SocketAddr,
        /// Where to call from
        from: Ipv4Addr,
        /// How many connections
        count: usize,
    },
}

/// Which of the three waits.
#[derive(Args)]
struct With {
    /// The system call that waits
    #[arg(long, value_enum, default_value_t = Mechanism::Epoll)]
    with: Mechanism,
}

fn main() -> ExitCode {
    let first = Command::Echo(With { with: Mechanism::Epoll });
    let command = Arguments::parse().command.unwrap_or(first);
    finish("lesson-multiplexing", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Echo(With { with }) => ("echo", echo::run(with)),
        Timers => ("timers", timers::run()),
        Herd => ("herd", herd::run()),
        HerdWorker { exclusive } => return herd_worker::run(exclusive),
        Duplicated => ("duplicated", duplicated::run()),
        Stale => ("stale", stale::run()),
        BusyWriter => ("busy-writer", busy_writer::run()),
        ZeroBytes => ("zero-bytes", zero_bytes::run()),
        Starvation => ("starvation", starvation::run()),
        FdSetsize => ("fd-setsize", fd_setsize::run()),
        Events => ("events", events::run()),
        LevelEdge(record) => ("level-edge", level_edge::run(record)),
        WriteQueue(With { with }) => ("write-queue", write_queue::run(with)),
        Scaling(record) => ("scaling", scaling::run(&record)),
        TenThousand(With { with }) => ("ten-thousand", ten_thousand::run(with)),
        Server { address, with, child } => {
            return server::run(address, with.with, child);
        }
        Clients { server, from, count } => {
            return clients::run(server, from, count);
        }
    };
    result.during(name)
}
