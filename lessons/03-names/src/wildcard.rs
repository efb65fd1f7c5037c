//! 0.0.0.0 and :: both mean "any address", and they overlap: ipv6(7),
//! IPV6_V6ONLY.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};

use lab::Capture;
use narrator::{During, Trouble, explain, line, say};
use socket2::{Domain, Socket, Type};

use crate::stage::Stage;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// Binds one port by both, in each order and with the option set.
pub fn run() -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/wildcard.snap");
    let lab = Capture::default().enter_with_ipv6(RECORDED)?;
    let Some(lab) = lab else { return Ok(()) };
    let mut stage = Stage::open(lab)?;
    stage.enable_ipv6_loopback()?;
    let (told, _) = stage.ask(|| {
        // A port for each story, so that none finds another's remains.
        both([V4, V6], 8080, false)?;
        line("");
        both([V6, V4], 8081, false)?;
        line("");
        both([V6, V4], 8082, true)
    })?;
    told.during("wildcard")
}

/// Listens on one, then on the other.
fn both(any: [IpAddr; 2], port: u16, only: bool) -> io::Result<()> {
    let [first, second] = any.map(|any| SocketAddr::new(any, port));
    let one = listen(first, only)?;
    if let Ok(one) = &one {
        connect(one, port)?;
    }
    // The second is bound while the first is still open.
    listen(second, only).map(drop)
}

// ANCHOR: listen
/// Binds and listens, and tells how it went.
fn listen(address: SocketAddr, only: bool) -> io::Result<io::Result<Socket>> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    let mut note = "";
    if address.is_ipv6() {
        socket.set_only_v6(only)?;
        note = if socket.only_v6()? { ", IPv6 only" } else { "" };
    }
    let done = socket.bind(&address.into()).and_then(|()| socket.listen(1));
    let said = match &done {
        Ok(()) => "listening".to_string(),
        Err(error) => explain(error),
    };
    say("server", "bind", format_args!("{address}{note}: {said}"));
    Ok(done.map(|()| socket))
}
// ANCHOR_END: listen

/// A client over IPv4, and what the server takes it for.
fn connect(listener: &Socket, port: u16) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpStream::connect(address) {
        Ok(_) => say("client", "connect", format_args!("{address}: connected")),
        Err(error) => {
            let error = explain(&error);
            say("client", "connect", format_args!("{address}: {error}"));
            return Ok(());
        }
    }
    let (_, peer) = listener.accept()?;
    let peer = peer.as_socket().map(|peer| peer.ip());
    let peer = peer.map_or("nobody".into(), |peer| peer.to_string());
    say("server", "accept", format_args!("the client is {peer}"));
    Ok(())
}
