//! A connection is complete before anybody accepts it: listen(2).
//!
//! The kernel answers a client's SYN and puts the finished connection into
//! the listener's queue. `listen(n)` gives that queue room for n connections;
//! Linux takes one more before it counts as full, and lets further SYNs go
//! unanswered.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use lesson_tcp::{LOOPBACK, connect, listener, local, state};
use narrator::say;
use socket2::{Domain, Socket, Type};

/// How long the client that gets no answer waits here. Left alone it would
/// try for more than two minutes, tcp(7), tcp_syn_retries.
const PATIENCE: Duration = Duration::from_millis(300);

/// A queue of two, and four clients.
pub fn run() -> io::Result<()> {
    let listener = listener(LOOPBACK, 2, false)?;
    let address = local(&listener)?;
    say("server", "listen", "room for 2; nobody calls accept");

    let mut waiting = Vec::new();
    for number in 1..=3 {
        waiting.push(connect(address)?);
        say("client", "connect", format_args!("number {number}: connected"));
    }
    queue(address, 3)?;

    let fourth = too_late(address)?;
    if let Some(entry) = state::of(local(&fourth)?, address)? {
        say("kernel", "state", format_args!("number 4: {}", entry.state));
    }
    drop(fourth);
    say("client", "close", "number 4 gives up");

    let (_first, _) = listener.accept()?;
    say("server", "accept", "number 1");
    queue(address, 2)?;
    let _fifth = connect(address)?;
    say("client", "connect", "number 5: connected");
    Ok(())
}

/// Waits for the listener's queue to be this long: the last segment of a
/// handshake may come after `connect` has returned.
fn queue(address: SocketAddr, due: usize) -> io::Result<()> {
    let waiting = state::await_queue(address, due)?;
    say("kernel", "queue", format_args!("{waiting} wait for accept"));
    Ok(())
}

fn too_late(address: SocketAddr) -> io::Result<Socket> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    match client.connect_timeout(&address.into(), PATIENCE) {
        Err(e) if e.kind() == ErrorKind::TimedOut => {
            say("client", "connect", "number 4: no answer, no error either");
            Ok(client)
        }
        Err(e) => Err(e),
        Ok(()) => Err(io::Error::other("number 4 got in")),
    }
}
