//! An upload that ends in the middle: the client dies, then the server.
//!
//! A file of 1,000 bytes is there, and one of 1,000,000 shall take its place.
//! Whoever looks, and whenever: it is one of the two, from its first byte to
//! its last.

use std::fs;
use std::io;
use std::path::Path;

use lesson_ftp::Client;
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};

use super::stage::{Half, Process, ls, names};

/// The bytes of the new file.
const SIZE: usize = 1_000_000;

/// Both deaths.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    client_dies(scratch.here())?;
    line("");
    line("The server is killed, when it has written");
    for count in [0, 1, SIZE / 2, SIZE - 1] {
        server_dies(scratch.here(), count)?;
    }
    server_dies_at_the_end(scratch.here(), false)?;
    server_dies_at_the_end(scratch.here(), true)
}

fn old() -> Vec<u8> {
    b"old\n".repeat(250)
}

fn new() -> Vec<u8> {
    b"new\n".repeat(SIZE / 4)
}

// ANCHOR: client
fn client_dies(folder: &Path) -> io::Result<()> {
    fs::write(folder.join("song"), old())?;
    let mut server = Process::start(folder)?;
    let mut other = Client::connect(server.address)?;
    say("other", "ls", ls(&mut other)?);
    let mut client = Half::begin(server.address, SIZE as u64, "song")?;
    say("client", "wput", format_args!("{SIZE} bytes to song: go"));
    client.send(&new()[..SIZE / 2])?;
    say("client", "send", format_args!("{} bytes", SIZE / 2));
    server.has_written(SIZE as u64 / 2)?;
    say("server", "write", format_args!("{} bytes, no name", SIZE / 2));
    say("other", "ls", ls(&mut other)?);
    say("disk", "names", names(folder)?);
    drop(client);
    say("client", "dies", "");
    say("server", "read", server.trouble()?);
    say("server", "close", "what has no name is gone");
    say("other", "ls", ls(&mut other)?);
    say("disk", "song", what(folder)?);
    Ok(())
}
// ANCHOR_END: client

// ANCHOR: server
fn server_dies(folder: &Path, count: usize) -> io::Result<()> {
    fs::write(folder.join("song"), old())?;
    let server = Process::start(folder)?;
    let mut client = Half::begin(server.address, SIZE as u64, "song")?;
    client.send(&new()[..count])?;
    server.has_written(count as u64)?;
    server.kill()?;
    let bytes = if count == 1 { "byte" } else { "bytes" };
    tell(&format!("{count} {bytes}"), folder, what(folder)?)
}
// ANCHOR_END: server

/// Nobody can say where it is when all bytes are sent: that it is one or the
/// other is all that is promised until the client has its answer.
fn server_dies_at_the_end(folder: &Path, wait: bool) -> io::Result<()> {
    fs::write(folder.join("song"), old())?;
    let server = Process::start(folder)?;
    let mut client = Half::begin(server.address, SIZE as u64, "song")?;
    client.send(&new())?;
    if wait {
        client.answer()?;
        server.kill()?;
        return tell("all, and said so", folder, what(folder)?);
    }
    server.kill()?;
    let found = match what(folder)? {
        "the old one, whole" | "the new one, whole" => "one of them, whole",
        other => other,
    };
    // A hidden name may be left here: see Upload.
    for left in fs::read_dir(folder)? {
        let left = left?;
        if left.file_name() != "song" {
            fs::remove_file(left.path())?;
        }
    }
    tell("all, perhaps", folder, found)
}

fn tell(when: &str, folder: &Path, found: &str) -> io::Result<()> {
    line(format_args!("  {when:18} {found:20} names: {}", names(folder)?));
    Ok(())
}

/// What the name stands for.
fn what(folder: &Path) -> io::Result<&'static str> {
    let found = fs::read(folder.join("song"))?;
    Ok(if found == old() {
        "the old one, whole"
    } else if found == new() {
        "the new one, whole"
    } else {
        "a part"
    })
}
