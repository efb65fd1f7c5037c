//! The calls of a server and a client, from nothing to a conversation and
//! back to nothing: tcp(7), socket(2).
//!
//! One thread plays both ends. That works because `connect` doesn't wait for
//! `accept`: the kernel of the listening side completes the connection.

use std::io;
use std::net::SocketAddr;

use lesson_tcp::{BACKLOG, LOOPBACK, local, recv};
use narrator::say;
use socket2::{Domain, Socket, Type};

/// The story, from the first socket to the last close.
pub fn run() -> io::Result<()> {
    let listener = open()?;
    let client = call(local(&listener)?)?;

    let (server, from) = listener.accept()?;
    let from = from.as_socket().ok_or(io::ErrorKind::Unsupported)?;
    say("server", "accept", format_args!("a new socket, client at {from}"));

    converse(&client, &server)?;
    close(client, server, listener)
}

// ANCHOR: server
fn open() -> io::Result<Socket> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    say("server", "socket", "IPv4, a stream of bytes: no address yet");

    listener.bind(&LOOPBACK.into())?;
    say("server", "bind", local(&listener)?);

    listener.listen(BACKLOG)?;
    say("server", "listen", format_args!("up to {BACKLOG} may wait"));
    Ok(listener)
}
// ANCHOR_END: server

// ANCHOR: client
fn call(address: SocketAddr) -> io::Result<Socket> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    say("client", "socket", "IPv4, a stream of bytes: no address yet");

    client.connect(&address.into())?;
    say("client", "connect", address);
    Ok(client)
}
// ANCHOR_END: client

// ANCHOR: conversation
fn converse(client: &Socket, server: &Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];

    let sent = client.send(b"hello")?;
    say("client", "send", format_args!("{sent} bytes: \"hello\""));

    let count = recv(server, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("server", "recv", format_args!("{count} bytes: \"{text}\""));

    let sent = server.send(&buffer[..count])?;
    say("server", "send", format_args!("{sent} bytes: the same"));

    let count = recv(client, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("client", "recv", format_args!("{count} bytes: \"{text}\""));
    Ok(())
}
// ANCHOR_END: conversation

// ANCHOR: close
fn close(client: Socket, server: Socket, listener: Socket) -> io::Result<()> {
    // Rust closes a socket when its owner goes: close(2).
    drop(client);
    say("client", "close", "nothing more will be sent");

    let count = recv(&server, &mut [0; 1024])?;
    say("server", "recv", format_args!("{count} bytes: the end"));

    drop(server);
    say("server", "close", "this client's socket");
    drop(listener);
    say("server", "close", "the listening socket");
    Ok(())
}
// ANCHOR_END: close
