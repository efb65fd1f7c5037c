//! Unix sockets: two processes on one machine.
//!
//! A Unix socket is a socket without a network (unix(7)). Its address is the
//! path of a file, so the file system says who may connect, and the kernel
//! knows who has. And it can carry what no network can: descriptors.
//!
//! ```text
//! cargo run -p lesson-unix-sockets              a conversation through a file
//! cargo run -p lesson-unix-sockets -- stale     the file that stays behind
//! cargo run -p lesson-unix-sockets -- server    an echo server for nc -U
//! cargo run -p lesson-unix-sockets -- --help    all demos and tools
//! ```
//!
//! Start reading at [`echo::run`].

mod abstract_name;
mod client;
mod credentials;
mod datagram;
mod echo;
mod pair;
mod pass_descriptor;
mod permissions;
mod race;
mod server;
mod stage;
mod stale;
mod too_many;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use narrator::{During, Trouble, finish};

/// Unix sockets: two processes on one machine
#[derive(Parser)]
#[command(name = "lesson-unix-sockets", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The calls of a server and a client that meet at a file
    Echo,
    /// The file that stays behind, and how to clear it away
    Stale,
    /// Two ways to clear it away that rob a living server
    Race,
    /// Two sockets without a name, and a program at one of them
    Pair,
    /// Who has connected, and who writes
    Credentials,
    /// A listener goes from one program to another
    PassDescriptor(pass_descriptor::Record),
    /// More descriptors than were expected
    TooMany,
    /// A name without a file
    Abstract,
    /// Datagrams that wait rather than get lost
    Datagram,
    /// Who may connect is a matter of files
    Permissions,
    /// Tool: an echo server for the client below, nc -U and friends
    Server {
        /// The socket's file
        #[arg(default_value = "/tmp/echo.sock")]
        path: PathBuf,
        /// End when stdin does, as with the program that has started this
        #[arg(long)]
        until_stdin_ends: bool,
    },
    /// Tool: sends stdin to a server, and prints what it answers
    Client {
        /// The server's file
        #[arg(default_value = "/tmp/echo.sock")]
        path: PathBuf,
    },
    /// Tool: a program of pass-descriptor, which does what stdin says
    Worker,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Echo);
    finish("lesson-unix-sockets", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command {
        Echo => ("echo", echo::run()),
        Stale => ("stale", stale::run()),
        Race => ("race", race::run()),
        Pair => ("pair", pair::run()),
        Credentials => ("credentials", credentials::run()),
        PassDescriptor(record) => {
            ("pass-descriptor", pass_descriptor::run(record))
        }
        TooMany => ("too-many", too_many::run()),
        Abstract => ("abstract", abstract_name::run()),
        Datagram => ("datagram", datagram::run()),
        Permissions => ("permissions", permissions::run()),
        Server { path, until_stdin_ends } => {
            return server::run(&path, until_stdin_ends);
        }
        Client { path } => return client::run(&path),
        Worker => return worker::run(),
    };
    result.during(name)
}
