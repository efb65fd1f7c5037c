//! Two ways to clear a file away that look right, and take a path from a
//! server that is alive.

use std::fs;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use lesson_unix_sockets::Folder;
use narrator::{explain, line, say};
use socket2::{Domain, SockAddr, Socket, Type};

/// Removes the file without a question, then with the wrong one.
pub fn run() -> io::Result<()> {
    let folder = Folder::new()?;
    line("Unlink, then bind");
    without_a_question(&folder.path("first.sock"))?;
    line("");
    line("Connect first, and unlink if nobody answers");
    with_the_wrong_one(&folder.path("second.sock"))
}

fn without_a_question(path: &Path) -> io::Result<()> {
    let first = UnixListener::bind(path)?;
    say("first", "listen", "it is alive");
    fs::remove_file(path)?;
    let second = UnixListener::bind(path)?;
    say("second", "unlink", "bind, listen: no error");
    reached(path, &first, &second)
}

// ANCHOR: wrong
fn with_the_wrong_one(path: &Path) -> io::Result<()> {
    let first = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    first.bind(&SockAddr::unix(path)?)?;
    say("first", "bind", "it is alive, and about to listen");

    if let Err(error) = UnixStream::connect(path) {
        say("second", "connect", explain(&error));
        fs::remove_file(path)?;
    }
    let second = UnixListener::bind(path)?;
    say("second", "unlink", "bind, listen: no error");

    first.listen(16)?;
    say("first", "listen", "no error");
    reached(path, &first.into(), &second)
}
// ANCHOR_END: wrong

/// Who gets a client that connects to the path?
fn reached(
    path: &Path,
    first: &UnixListener,
    second: &UnixListener,
) -> io::Result<()> {
    let _client = UnixStream::connect(path)?;
    say("client", "connect", "done");
    for (name, server) in [("first", first), ("second", second)] {
        server.set_nonblocking(true)?;
        match server.accept() {
            Ok(_) => say(name, "accept", "the client"),
            Err(error) => say(name, "accept", explain(&error)),
        }
    }
    Ok(())
}
