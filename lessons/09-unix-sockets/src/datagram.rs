//! Datagrams between two programs of one machine: messages, as with UDP, but
//! none is lost and none overtakes another, unix(7). When the receiver's
//! queue is full, the sender waits.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;

use lesson_unix_sockets::Folder;
use narrator::{explain, say};

/// More than any queue here takes.
const MANY: u32 = 100_000;

/// Messages, answers, a full queue, and nobody there.
pub fn run() -> io::Result<()> {
    let folder = Folder::new()?;
    let path = folder.path("server.sock");
    let server = UnixDatagram::bind(&path)?;
    say("server", "bind", path.display());

    messages(&folder, &server)?;
    full(&folder, &server)?;
    full_pair()?;
    gone(&folder, server)
}

// ANCHOR: messages
fn messages(folder: &Folder, server: &UnixDatagram) -> io::Result<()> {
    let path = folder.path("server.sock");
    let client = UnixDatagram::unbound()?;
    client.send_to(b"hello", &path)?;
    client.send_to(b"world", &path)?;
    say("client", "sendto", "\"hello\", then \"world\"");
    let mut buffer = [0; 64];
    let (count, from) = server.recv_from(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    let who = if from.is_unnamed() { "nobody" } else { "somebody" };
    say("server", "recvfrom", format_args!("\"{text}\" ← {who}: no answer"));

    let client = UnixDatagram::bind(folder.path("client.sock"))?;
    client.send_to(b"and now?", &path)?;
    say("client", "bind", "client.sock, and sendto: \"and now?\"");
    for _ in 0..2 {
        let (count, from) = server.recv_from(&mut buffer)?;
        let text = buffer[..count].escape_ascii();
        let from = from.as_pathname().and_then(|path| path.file_name());
        let from = from.unwrap_or("nobody".as_ref()).display();
        say("server", "recvfrom", format_args!("\"{text}\" ← {from}"));
    }
    Ok(())
}
// ANCHOR_END: messages

// ANCHOR: full
/// Sends until a send would have to wait: EAGAIN, as it mustn't.
fn fill(from: &UnixDatagram) -> io::Result<u32> {
    from.set_nonblocking(true)?;
    for number in 0..MANY {
        match from.send(&number.to_be_bytes()) {
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(number),
            Err(error) => return Err(error),
        }
    }
    Ok(MANY)
}

fn full(folder: &Folder, server: &UnixDatagram) -> io::Result<()> {
    let client = UnixDatagram::unbound()?;
    client.connect(folder.path("server.sock"))?;
    let count = fill(&client)?;
    say("client", "send", format_args!("{count} datagrams, then EAGAIN"));
    let mut buffer = [0; 4];
    server.recv(&mut buffer)?;
    client.send(&count.to_be_bytes())?;
    say("server", "recv", "one of them, and one more can be sent");
    let first = u32::from_be_bytes(buffer);
    let mut all = vec![first];
    for _ in 0..count {
        server.recv(&mut buffer)?;
        all.push(u32::from_be_bytes(buffer));
    }
    let complete = all.iter().copied().eq(0..=count);
    let what = if complete { "in order, none lost" } else { "not all" };
    say("server", "recv", format_args!("the others: {what}"));
    Ok(())
}
// ANCHOR_END: full

/// The two of a pair are each other's only peer: then only the sender's
/// buffer counts.
fn full_pair() -> io::Result<()> {
    let (left, _right) = UnixDatagram::pair()?;
    let count = fill(&left)?;
    say("left", "send", format_args!("{count} datagrams, then EAGAIN: a pair"));
    Ok(())
}

fn gone(folder: &Folder, server: UnixDatagram) -> io::Result<()> {
    let client = UnixDatagram::unbound()?;
    let path = folder.path("server.sock");
    drop(server);
    say("server", "close", "its file stays");
    if let Err(error) = client.send_to(b"hello", &path) {
        say("client", "sendto", explain(&error));
    }
    fs::remove_file(&path)?;
    say("server", "unlink", "the file goes, too");
    if let Err(error) = client.send_to(b"hello", &path) {
        say("client", "sendto", explain(&error));
    }
    Ok(())
}
