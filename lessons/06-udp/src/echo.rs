//! The calls of a UDP server and a client, from nothing to a conversation
//! and back to nothing: udp(7), socket(2).
//!
//! There is no listen, no accept and no connection. One socket serves every
//! client, and each `recvfrom` says whom it has heard.

use std::io;
use std::net::UdpSocket;

use lesson_udp::{LOOPBACK, PATIENCE};
use narrator::say;
use socket2::{Domain, Socket, Type};

/// The story, from the first socket to the last close.
pub fn run() -> io::Result<()> {
    let server = open()?;
    let client = open_client()?;
    converse(&client, &server)?;
    close(client, server)
}

// ANCHOR: server
fn open() -> io::Result<UdpSocket> {
    let server = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    say("server", "socket", "IPv4, datagrams: no address yet");

    server.bind(&LOOPBACK.into())?;
    let server: UdpSocket = server.into();
    // Datagrams get lost, so no wait is without an end: SO_RCVTIMEO.
    server.set_read_timeout(Some(PATIENCE))?;
    say("server", "bind", server.local_addr()?);
    Ok(server)
}
// ANCHOR_END: server

fn open_client() -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    say("client", "socket", "IPv4, datagrams: no address yet");
    Ok(socket.into())
}

// ANCHOR: conversation
fn converse(client: &UdpSocket, server: &UdpSocket) -> io::Result<()> {
    let address = server.local_addr()?;
    let mut buffer = [0; 1024];

    // The first sendto gives the client a port, as bind with port 0 would.
    let sent = client.send_to(b"hello", address)?;
    let what = format!("{sent} bytes: \"hello\" → {address}");
    say("client", "sendto", what);

    let (count, from) = server.recv_from(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    let what = format!("{count} bytes: \"{text}\" ← client at {from}");
    say("server", "recvfrom", what);

    let sent = server.send_to(&buffer[..count], from)?;
    let what = format!("{sent} bytes: the same → client at {from}");
    say("server", "sendto", what);

    let (count, from) = client.recv_from(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    let what = format!("{count} bytes: \"{text}\" ← {from}");
    say("client", "recvfrom", what);
    Ok(())
}
// ANCHOR_END: conversation

// ANCHOR: close
fn close(client: UdpSocket, server: UdpSocket) -> io::Result<()> {
    let port = client.local_addr()?.port();
    // Rust closes a socket when its owner goes: close(2).
    drop(client);
    say("client", "close", "no datagram goes out: the server isn't told");

    let gone = (LOOPBACK.ip(), port);
    let sent = server.send_to(b"still there?", gone)?;
    say("server", "sendto", format_args!("{sent} bytes, to nobody: no error"));

    drop(server);
    say("server", "close", "nothing to wait for");
    Ok(())
}
// ANCHOR_END: close
