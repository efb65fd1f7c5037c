//! FTP: files over two connections.
//!
//! A file server has to promise three things that no protocol gives it: a
//! file is whole or not there, nothing outside the folder can be reached, and
//! two uploads of one name don't mix.
//!
//! ```text
//! cargo run -p lesson-ftp                     a whole conversation
//! cargo run -p lesson-ftp -- escape           every way out, refused
//! cargo run -p lesson-ftp -- serve DIR        a server
//! cargo run -p lesson-ftp -- client ADDR      and its client
//! cargo run -p lesson-ftp -- --help           all demos and tools
//! ```
//!
//! Start reading at [`demos::session::run`].

mod demos;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use demos::*;
use narrator::{During, Trouble, finish};

/// FTP: files over two connections
#[derive(Parser)]
#[command(name = "lesson-ftp", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// A whole conversation, frame by frame
    Session,
    /// The client dies in the middle, and the server does
    InterruptedUpload,
    /// Two uploads of one name, at the same time
    SameName,
    /// Every way out of the folder, refused
    Escape,
    /// A disk that is full in the middle of a file
    FullDisk,
    /// FTP's two connections, and the sockets of both
    TwoConnections(two_connections::Record),
    /// A download and an upload that go on where they broke off
    Resume,
    /// Tool: a server of the files in a folder
    Serve(serve::Options),
    /// Tool: a client: ls, wget and wput
    Client(client::Options),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    finish("lesson-ftp", run(command))
}

fn run(command: Option<Command>) -> Result<(), Trouble> {
    use Command::*;
    let (name, result) = match command.unwrap_or(Session) {
        Session => ("session", session::run()),
        InterruptedUpload => ("interrupted-upload", interrupted_upload::run()),
        SameName => ("same-name", same_name::run()),
        Escape => ("escape", escape::run()),
        FullDisk => return full_disk::run(),
        TwoConnections(record) => {
            ("two-connections", two_connections::run(record))
        }
        Resume => ("resume", resume::run()),
        Serve(options) => return serve::run(options),
        Client(options) => return client::run(options),
    };
    result.during(name)
}
