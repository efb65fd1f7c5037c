//! The name of a socket's own end, `getsockname(2)`, that of the other end,
//! `getpeername(2)`, and what kind of socket it is, socket(7).

use std::io;
use std::time::Duration;

use lesson_tcp::state::{State, await_state};
use lesson_tcp::{LOOPBACK, local, recv, remote};
use narrator::{explain, line};
use socket2::{Domain, Socket, Type};

/// The names as they come to be, and as one of them is lost.
pub fn run() -> io::Result<()> {
    let listener = listen()?;
    line("");
    let (client, server) = meet(&listener)?;
    line("");
    part(client, server)?;
    line("");
    without_a_connection()
}

// ANCHOR: listen
/// A socket has no name, until bind gives it one.
fn listen() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    say("server", "socket", kind(&socket)?);
    say("server", "getsockname", format_args!("{}", local(&socket)?));
    socket.bind(&LOOPBACK.into())?;
    say("server", "bind", "127.0.0.1, and port 0: one that is free");
    say("server", "getsockname", format_args!("{}", local(&socket)?));
    socket.listen(1)?;
    let listens = u8::from(socket.is_listener()?);
    say("server", "listen", format_args!("SO_ACCEPTCONN is {listens} now"));
    say("server", "getpeername", outcome(&socket));
    Ok(socket)
}
// ANCHOR_END: listen

// ANCHOR: meet
/// connect names both ends. accept gives a socket with the same two names,
/// the other way round.
fn meet(listener: &Socket) -> io::Result<(Socket, Socket)> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    say("client", "getsockname", local(&client)?);
    client.connect(&listener.local_addr()?)?;
    say("client", "connect", "the server's address");
    say("client", "getsockname", own(&client)?);
    say("client", "getpeername", remote(&client)?);

    let (server, _) = listener.accept()?;
    say("server", "accept", "a socket of its own for this client");
    say("server", "getsockname", local(&server)?);
    let theirs = remote(&server)?;
    say("server", "getpeername", format_args!("client at {theirs}"));
    Ok((client, server))
}
// ANCHOR_END: meet

// ANCHOR: part
/// The client's reset takes the peer's name away.
fn part(client: Socket, server: Socket) -> io::Result<()> {
    let (here, there) = (local(&server)?, remote(&server)?);
    client.set_linger(Some(Duration::ZERO))?;
    drop(client);
    say("client", "close", "with a reset");
    await_state(here, there, State::Closed)?;
    say("server", "getpeername", outcome(&server));
    say("server", "getsockname", local(&server)?);
    if let Err(error) = recv(&server, &mut [0; 1]) {
        say("server", "recv", explain(&error));
    }
    Ok(())
}
// ANCHOR_END: part

/// A UDP socket has a peer after connect, and nothing was sent.
fn without_a_connection() -> io::Result<()> {
    let (peer, udp) = (udp()?, udp()?);
    peer.bind(&LOOPBACK.into())?;
    say("udp", "socket", kind(&udp)?);
    say("udp", "getsockname", local(&udp)?);
    udp.connect(&peer.local_addr()?)?;
    say("udp", "connect", "an address on this machine");
    say("udp", "getsockname", own(&udp)?);
    say("udp", "getpeername", remote(&udp)?);
    Ok(())
}

fn udp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::DGRAM, None)
}

/// What it is: SO_DOMAIN, SO_TYPE.
fn kind(socket: &Socket) -> io::Result<String> {
    let domain = match socket.domain()? {
        Domain::IPV4 => "AF_INET",
        _ => "another family",
    };
    let kind = match socket.r#type()? {
        Type::STREAM => "SOCK_STREAM",
        Type::DGRAM => "SOCK_DGRAM",
        _ => "another type",
    };
    Ok(format!("SO_DOMAIN {domain}, SO_TYPE {kind}"))
}

/// A client's own name, told apart from the server's.
fn own(client: &Socket) -> io::Result<String> {
    Ok(format!("client at {}", local(client)?))
}

fn outcome(socket: &Socket) -> String {
    match remote(socket) {
        Ok(peer) => peer.to_string(),
        Err(error) => explain(&error),
    }
}

/// The names of these calls are longer than those of most.
fn say(who: &str, call: &str, what: impl std::fmt::Display) {
    line(format_args!("{who:<7} {call:<12} {what}"));
}
