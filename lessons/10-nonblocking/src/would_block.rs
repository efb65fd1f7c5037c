//! A socket that doesn't wait: with O_NONBLOCK, a call that would have had
//! to wait fails with EAGAIN instead, accept(2), recv(2), send(2).
//!
//! The error isn't a failure. It says "not now". When it is time, poll(2)
//! tells.

use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;

use lesson_tcp::{LOOPBACK, connect, listener, local, recv};
use narrator::{line, say};
use nix::libc::MSG_DONTWAIT;
use socket2::Socket;

use crate::stage::{in_vain, non_blocking, until_readable};

/// More than the buffers of both ends take.
const BYTES: usize = 16_000_000;

/// Each call in vain, and then not; then other ways to ask for it.
pub fn run() -> io::Result<()> {
    line("A socket with O_NONBLOCK");
    let (client, server) = accept()?;
    receive(&client, &server)?;
    send(&client)?;
    line("");
    line("One call that doesn't wait");
    one_call()?;
    line("");
    line("Two descriptors of one socket");
    shared()
}

// ANCHOR: accept
fn accept() -> io::Result<(Socket, Socket)> {
    let listener = listener(LOOPBACK, 16, false)?;
    set(&listener, "server", "the listener")?;
    in_vain("server", "accept", listener.accept())?;

    let client = connect(local(&listener)?)?;
    say("client", "connect", "done");
    until_readable(&listener)?;
    say("server", "poll", "the listener is readable");
    let (server, _) = listener.accept()?;
    say("server", "accept", "a client");
    Ok((client, server))
}
// ANCHOR_END: accept

// ANCHOR: receive
fn receive(client: &Socket, server: &Socket) -> io::Result<()> {
    let mut buffer = [0; 64];
    set(server, "server", "the connection")?;
    let kind = in_vain("server", "recv", recv(server, &mut buffer))?;
    if kind == ErrorKind::WouldBlock {
        say("server", "kind", "ErrorKind::WouldBlock");
    }

    client.send(b"hello")?;
    say("client", "send", "\"hello\"");
    until_readable(server)?;
    say("server", "poll", "the connection is readable");
    let count = recv(server, &mut buffer)?;
    say("server", "recv", format_args!("{count} bytes"));
    in_vain("server", "recv", recv(server, &mut buffer)).map(drop)
}
// ANCHOR_END: receive

// ANCHOR: send
fn send(client: &Socket) -> io::Result<()> {
    set(client, "client", "the connection")?;
    let data = vec![b'x'; BYTES];
    let mut rest = &data[..];
    while !rest.is_empty() {
        match client.send(rest) {
            Ok(count) => rest = &rest[count..],
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    let sent = BYTES - rest.len();
    say("client", "send", format_args!("{sent} of {BYTES} bytes, then EAGAIN"));
    Ok(())
}
// ANCHOR_END: send

// ANCHOR: one_call
fn one_call() -> io::Result<()> {
    let (client, server) = lesson_tcp::pair()?;
    let mut buffer = [MaybeUninit::uninit(); 64];
    let mut recv = || server.recv_with_flags(&mut buffer, MSG_DONTWAIT);
    let flag = non_blocking(&server)?;
    say("server", "fcntl", format_args!("O_NONBLOCK is {flag}"));
    in_vain("server", "recv", recv())?;

    drop(client);
    say("client", "close", "it has sent nothing");
    until_readable(&server)?;
    let count = recv()?;
    say("server", "recv", format_args!("{count} bytes: the end is no error"));
    Ok(())
}
// ANCHOR_END: one_call

/// The flag belongs to the open file and not to a descriptor: fcntl(2).
fn shared() -> io::Result<()> {
    let (_client, server) = lesson_tcp::pair()?;
    let copy = server.try_clone()?;
    say("server", "dup", "a second descriptor of the connection");
    set(&copy, "server", "the second")?;
    let flag = non_blocking(&server)?;
    say("server", "fcntl", format_args!("the first: O_NONBLOCK is {flag}"));
    Ok(())
}

/// Sets O_NONBLOCK, and tells what that changed.
fn set(socket: &Socket, who: &str, what: &str) -> io::Result<()> {
    let before = non_blocking(socket)?;
    socket.set_nonblocking(true)?;
    let after = non_blocking(socket)?;
    say(who, "fcntl", format_args!("{what}: O_NONBLOCK {before} → {after}"));
    Ok(())
}
