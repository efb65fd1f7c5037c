//! A socket's descriptor is a small number, and an entry in a table of the
//! process: `socket(2)`, `dup(2)`, `close(2)`.
//!
//! ```text
//! the process's table            the kernel
//!   0  stdin
//!   1  stdout
//!   2  stderr
//!   3 ─────────────────────────▶ a socket
//!   4 ──┬──────────────────────▶ another
//!   5 ──┘  (a dup of 4)
//! ```

use std::io;
use std::os::fd::AsRawFd;

use lesson_tcp::state::{State, await_state};
use lesson_tcp::{LOOPBACK, connect, listener, local, recv, remote};
use narrator::{line, say};
use socket2::{Domain, Socket, Type};

/// Numbers, and copies.
pub fn run() -> io::Result<()> {
    lowest_free()?;
    line("");
    copies()
}

// ANCHOR: lowest
/// A new descriptor gets the lowest number that is free.
fn lowest_free() -> io::Result<()> {
    let [first, second] = [tcp()?, tcp()?];
    let (one, two) = (first.as_raw_fd(), second.as_raw_fd());
    say("program", "socket", format_args!("gives {one}"));
    say("program", "socket", format_args!("gives {two}"));
    drop(first);
    say("program", "close", one);
    let third = tcp()?.as_raw_fd();
    say("program", "socket", format_args!("gives {third}, the same again"));
    Ok(())
}
// ANCHOR_END: lowest

// ANCHOR: copies
/// Two numbers, one socket: dup(2), which is try_clone in Rust.
fn copies() -> io::Result<()> {
    let listener = listener(LOOPBACK, 1, false)?;
    let client = connect(local(&listener)?)?;
    let (server, _) = listener.accept()?;
    let (here, there) = (local(&server)?, remote(&server)?);

    let copy = client.try_clone()?;
    let (one, two) = (client.as_raw_fd(), copy.as_raw_fd());
    say("client", "dup", format_args!("{one} → {two}"));
    client.set_tcp_nodelay(true)?;
    say("client", "set", format_args!("TCP_NODELAY to 1 by {one}"));
    let shared = u8::from(copy.tcp_nodelay()?);
    say("client", "get", format_args!("TCP_NODELAY by {two}: {shared}"));

    drop(client);
    say("client", "close", format_args!("{one}"));
    await_state(there, here, State::Established)?;
    copy.send(b"hello")?;
    say("client", "send", format_args!("\"hello\" by {two}"));
    let count = recv(&server, &mut [0; 64])?;
    say("server", "recv", format_args!("{count} bytes"));

    drop(copy);
    say("client", "close", format_args!("{two}: the last one, FIN goes out"));
    let count = recv(&server, &mut [0; 64])?;
    say("server", "recv", format_args!("{count} bytes: the end"));
    Ok(())
}
// ANCHOR_END: copies

fn tcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}
