//! The calls of a server and a client that meet at a file: unix(7).
//!
//! They are those of TCP, with one difference: the address is a path. No
//! network has a part in it, and no port.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use lesson_unix_sockets::Folder;
use narrator::say;
use socket2::{Domain, SockAddr, Socket, Type};

/// The story, from the first socket to the last close.
pub fn run() -> io::Result<()> {
    let folder = Folder::new()?;
    let path = folder.path("echo.sock");
    let server = open(&path)?;
    let client = open_client(&path)?;
    converse(client, &server)?;
    close(server, &path)
}

// ANCHOR: server
fn open(path: &Path) -> io::Result<UnixListener> {
    let server = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    say("server", "socket", "Unix, stream: no address yet");

    server.bind(&SockAddr::unix(path)?)?;
    say("server", "bind", path.display());
    if fs::symlink_metadata(path)?.file_type().is_socket() {
        say("server", "stat", "a file is there now, of the type socket");
    }

    server.listen(16)?;
    say("server", "listen", "clients may connect");
    Ok(server.into())
}
// ANCHOR_END: server

fn open_client(path: &Path) -> io::Result<UnixStream> {
    let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    say("client", "socket", "Unix, stream: no address yet");
    client.connect(&SockAddr::unix(path)?)?;
    say("client", "connect", path.display());
    Ok(client.into())
}

// ANCHOR: conversation
fn converse(mut client: UnixStream, server: &UnixListener) -> io::Result<()> {
    let (mut stream, from) = server.accept()?;
    let who = if from.is_unnamed() { "without a name" } else { "with a name" };
    say("server", "accept", format_args!("a client {who}"));

    client.write_all(b"hello")?;
    client.write_all(b"world")?;
    say("client", "send", "\"hello\", then \"world\"");
    let mut buffer = [0; 64];
    let count = stream.read(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("server", "recv", format_args!("{count} bytes: \"{text}\""));

    stream.write_all(&buffer[..count])?;
    say("server", "send", "the same");
    let count = client.read(&mut buffer)?;
    say("client", "recv", format_args!("{count} bytes"));

    drop(client);
    say("client", "close", "nothing more to say");
    let count = stream.read(&mut buffer)?;
    say("server", "recv", format_args!("{count} bytes: the end"));
    Ok(())
}
// ANCHOR_END: conversation

fn close(server: UnixListener, path: &Path) -> io::Result<()> {
    drop(server);
    let there = path.try_exists()?;
    let what = if there { "the file is still there" } else { "no file left" };
    say("server", "close", what);
    fs::remove_file(path)?;
    say("server", "unlink", "now it isn't");
    Ok(())
}
