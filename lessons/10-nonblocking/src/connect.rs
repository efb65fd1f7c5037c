//! A connect that doesn't wait: connect(2). It says EINPROGRESS, and the
//! handshake goes on. The socket becomes writable when it is over, whether
//! it went well or not; SO_ERROR says which.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use lesson_tcp::{LOOPBACK, listener, local};
use narrator::{explain, line, say};
use nix::poll::{PollFlags, PollTimeout};
use socket2::{Domain, Socket, Type};

use crate::stage::{PATIENCE, full, in_vain, ready};

/// How long the client waits for a server that doesn't answer.
const LIMIT: Duration = Duration::from_millis(100);

/// Connected, refused, and neither of the two.
pub fn run() -> io::Result<()> {
    line("To a server that listens");
    let server = listener(LOOPBACK, 16, false)?;
    connected(local(&server)?)?;
    line("");
    line("To a port where nobody listens");
    let nobody = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    nobody.bind(&LOOPBACK.into())?;
    refused(local(&nobody)?)?;
    line("");
    line("To a server whose queue is full");
    unanswered()
}

// ANCHOR: begin
/// A connect that has begun, and doesn't wait for its end.
fn begin(to: SocketAddr) -> io::Result<Socket> {
    let client = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    client.set_nonblocking(true)?;
    in_vain("client", "connect", client.connect(&to.into()))?;
    Ok(client)
}
// ANCHOR_END: begin

fn connected(to: SocketAddr) -> io::Result<()> {
    let client = begin(to)?;
    over(&client)?;
    error_of(&client)?;
    say("client", "peername", client.peer_addr().map(|_| "it has a peer")?);
    Ok(())
}

fn refused(to: SocketAddr) -> io::Result<()> {
    let client = begin(to)?;
    over(&client)?;
    error_of(&client)?;
    error_of(&client)
}

// ANCHOR: over
/// Waits for the end: then the socket is writable.
fn over(client: &Socket) -> io::Result<()> {
    let found = ready(client, PollFlags::POLLOUT, PATIENCE)?;
    let names = found.iter_names().map(|(name, _)| name);
    say("client", "poll", names.collect::<Vec<_>>().join(", "));
    Ok(())
}

/// What came of it: SO_ERROR, getsockopt(2), socket(7).
fn error_of(client: &Socket) -> io::Result<()> {
    match client.take_error()? {
        Some(error) => say("client", "SO_ERROR", explain(&error)),
        None => say("client", "SO_ERROR", "0"),
    }
    Ok(())
}
// ANCHOR_END: over

fn unanswered() -> io::Result<()> {
    let (server, _first) = full()?;
    let to = local(&server)?;

    let client = begin(to)?;
    error_of(&client)?;
    in_vain("client", "connect", client.connect(&to.into()))?;
    in_vain("client", "peername", client.peer_addr())?;
    let limit = PollTimeout::try_from(LIMIT).map_err(io::Error::other)?;
    let found = ready(&client, PollFlags::POLLOUT, limit)?;
    if found.is_empty() {
        let waited = LIMIT.as_millis();
        say("client", "poll", format_args!("nothing after {waited} ms"));
    }
    drop(client);
    say("client", "close", "given up");
    Ok(())
}
