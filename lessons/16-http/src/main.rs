//! HTTP: requests and responses.
//!
//! A client sends a request, a server answers it: a line, fields, an empty
//! line and perhaps a body each (RFC 9112, section 2.1). Several of them go
//! over one connection, so both ends must agree where each ends.
//!
//! ```text
//! cargo run -p lesson-http                one request, every part named
//! cargo run -p lesson-http -- smuggling   two readers of one message
//! cargo run -p lesson-http -- --help      all demos and tools
//! ```
//!
//! Start reading at [`demos::exchange::run`].

mod demos;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use demos::*;
use narrator::{During, Trouble, finish};

/// HTTP: requests and responses
#[derive(Parser)]
#[command(name = "lesson-http", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// One request and its response, every part named
    Exchange(exchange::Record),
    /// How many connections three requests take
    KeepAlive,
    /// The eight methods, and one that is none
    Methods,
    /// A body in chunks, in and out
    Chunked,
    /// Two readers of one message see two different requests
    Smuggling,
    /// A body that nobody read is taken for the next request
    UnreadBody,
    /// HEAD, 204 and 304: a body that never comes
    NoBody,
    /// A close that takes the answer back, and one that lingers
    LingeringClose,
    /// Every way out of the folder, and a server that joins paths
    Escape,
    /// Clients that take their time, and those that come after them
    SlowClient,
    /// Tool: the files of a folder, for curl and browsers
    Serve(serve::Options),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    finish("lesson-http", run(command))
}

fn run(command: Option<Command>) -> Result<(), Trouble> {
    use Command::*;
    let command = command.unwrap_or(Exchange(exchange::Record::default()));
    let (name, result) = match command {
        Exchange(record) => ("exchange", exchange::run(record)),
        KeepAlive => ("keep-alive", keep_alive::run()),
        Methods => ("methods", methods::run()),
        Chunked => ("chunked", chunked::run()),
        Smuggling => ("smuggling", smuggling::run()),
        UnreadBody => ("unread-body", unread_body::run()),
        NoBody => ("no-body", no_body::run()),
        LingeringClose => ("lingering-close", lingering_close::run()),
        Escape => ("escape", escape::run()),
        SlowClient => ("slow-client", slow_client::run()),
        Serve(options) => return serve::run(options),
    };
    result.during(name)
}
