//! Names and addresses, and who translates them.
//!
//! The kernel takes addresses, not names. getaddrinfo(3) turns names into
//! addresses: it asks /etc/hosts, then a name server, in the order that
//! nsswitch.conf(5) says. Texts such as `127.1` become addresses by
//! inet_aton(3) or inet_pton(3), which don't agree on what an address is.
//!
//! ```text
//! cargo run -p lesson-names                     nine calls, in C and in Rust
//! cargo run -p lesson-names -- resolve          whom getaddrinfo asks
//! cargo run -p lesson-names -- resolve NAME     the same call, here
//! cargo run -p lesson-names -- inet TEXT        what a text is read as
//! cargo run -p lesson-names -- --help           all demos
//! ```
//!
//! Without an argument a demo tells the same story on every machine: a host
//! of the lab has files and a name server of its own. With one it asks this
//! machine. Start reading at [`lookup::run`].

mod inet;
mod limit;
mod localhost;
mod lookup;
mod path;
mod resolve;
mod reverse;
mod service;
mod stage;
mod wildcard;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::Capture;
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
    /// Nine calls for names and addresses, in C and in Rust
    Lookup(Capture),
    /// A name's addresses, and whom the C library asks for them
    Resolve(resolve::Form),
    /// An address's name, and whether it can be believed
    Reverse(reverse::Form),
    /// A service's port, or a port's service
    Service(service::Form),
    /// What a text is read as: strictly, leniently, and written again
    Inet {
        /// A text; without it, some that surprise
        text: Option<String>,
    },
    /// One name, two addresses: a client tries both
    Localhost,
    /// 0.0.0.0 and :: want the same port
    Wildcard,
}

fn main() -> ExitCode {
    let first = Command::Lookup(Capture::default());
    let command = Arguments::parse().command.unwrap_or(first);
    finish("lesson-names", run(command))
}

fn run(command: Command) -> Result<(), Trouble> {
    use Command::*;
    match command {
        Lookup(capture) => lookup::run(capture),
        Resolve(form) => resolve::run(form),
        Reverse(form) => reverse::run(form),
        Service(form) => service::run(form),
        Inet { text } => inet::run(text),
        Localhost => localhost::run(),
        Wildcard => wildcard::run(),
    }
}
