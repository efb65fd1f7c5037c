//! Broadcasting needs leave: without SO_BROADCAST the kernel refuses with
//! EACCES, `socket(7)`, `ip(7)`. Nobody shall talk to every host by accident.
//!
//! Which address means everybody the kernel knows from the interface. What
//! isn't such an address needs no leave, and reaches nobody. Start reading
//! at [`without_leave`].

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use lab::{Capture, Plan};
use lesson_osi_layers::arp;
use lesson_osi_layers::ethernet::{EtherType, Frame};
use narrator::{line, say};
use socket2::{Domain, SockRef, Socket, Type};

use crate::scene::{Ear, Hub, destination};

const fn at(address: [u8; 4], port: u16) -> SocketAddrV4 {
    let [a, b, c, d] = address;
    SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port)
}

/// Everybody in alice's network.
const DIRECTED: SocketAddrV4 = at([10, 0, 0, 255], 8888);
/// Everybody on the link, whatever its network.
const LIMITED: SocketAddrV4 = at([255; 4], 8888);
/// Everybody, if the network were 10.0.0.0/25. It isn't.
const OF_25_BITS: SocketAddrV4 = at([10, 0, 0, 127], 8888);
/// Everybody in a network that alice knows no way to.
const ELSEWHERE: SocketAddrV4 = at([10, 9, 9, 255], 8888);

/// What is refused, what isn't, and what only looks like a broadcast.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/denied.snap");
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let hub = Hub::open(&mut lab, Plan::new())?;
    let alice = hub.ear(&hub.alice, at([10, 0, 0, 1], 7001))?;
    let bob = hub.ear(&hub.bob, at([0; 4], 8888))?;
    without_leave(&alice)?;
    line("");
    with_leave(&hub, &alice, &bob)?;
    line("");
    wrong_address(&hub, &alice, &bob)?;
    line("");
    never(&alice)?;
    capture.write(&hub.end()?)?;
    Ok(())
}

// ANCHOR: without
/// The kernel refuses, and nothing goes out.
fn without_leave(alice: &Ear) -> io::Result<()> {
    let leave = if alice.socket.broadcast()? { "on" } else { "off" };
    alice.say("getsockopt", format_args!("SO_BROADCAST: {leave}"));
    for to in [DIRECTED, LIMITED] {
        alice.refused("sendto", to, alice.socket.send_to(b"hello", to))?;
    }
    alice.refused("connect", DIRECTED, alice.socket.connect(DIRECTED))
}
// ANCHOR_END: without

/// The sender needs leave; whoever listens needs none.
fn with_leave(hub: &Hub, alice: &Ear, bob: &Ear) -> io::Result<()> {
    alice.socket.set_broadcast(true)?;
    alice.say("setsockopt", "SO_BROADCAST: on");
    alice.send("hello", DIRECTED)?;
    let frame = hub.passes("hello")?;
    say("wire", "frame", format_args!("→ {}", destination(&frame)?));
    let leave = if bob.socket.broadcast()? { "on" } else { "off" };
    bob.say("getsockopt", format_args!("SO_BROADCAST: {leave}"));
    bob.hears("hello")
}

/// To alice's kernel 10.0.0.127 is a host like any other, and it asks for
/// that host's Ethernet address.
fn wrong_address(hub: &Hub, alice: &Ear, bob: &Ear) -> io::Result<()> {
    alice.send("anybody?", OF_25_BITS)?;
    let asked = hub.wire.wait_for(1, |seen| question(&seen.bytes).is_some())?;
    let asked = question(&asked.bytes).ok_or(io::ErrorKind::InvalidData)?;
    say("wire", "arp", format_args!("who has {asked}? Nobody answers"));
    bob.hears_nothing("")
}

/// Whom a frame asks for, if it is an ARP question.
fn question(frame: &[u8]) -> Option<Ipv4Addr> {
    let frame = Frame::parse(frame).ok()?;
    let arp = frame.ether_type() == EtherType::ARP;
    let message = arp.then(|| arp::Packet::parse(frame.payload()).ok())??;
    message.for_ipv4().map(|header| header.target_address)
}

/// What no option allows.
fn never(alice: &Ear) -> io::Result<()> {
    let sent = alice.socket.send_to(b"hello", ELSEWHERE);
    alice.refused("sendto", ELSEWHERE, sent)?;
    // No conversation with everybody: RFC 1122, section 4.2.3.10.
    let stream =
        alice.host.enter(|| Socket::new(Domain::IPV4, Type::STREAM, None))?;
    let connected = stream.connect(&DIRECTED.into());
    alice.refused("connect", format_args!("TCP, {DIRECTED}"), connected)?;
    let missing = SockRef::from(&alice.socket).bind_device(Some(b"eth7"));
    alice.refused("setsockopt", "SO_BINDTODEVICE eth7", missing)
}
