//! Nobody listens at the port. Bob's kernel says so by ICMP, and Alice's
//! kernel tells her program, if the socket is connected: RFC 1122, section
//! 4.1.3.3; `connect(2)`, `udp(7)`.
//!
//! udp(7) promises such errors to every socket. The kernel keeps them from
//! those that aren't connected, unless they ask by IP_RECVERR, ip(7).

use std::io;
use std::net::{SocketAddrV4, UdpSocket};

use lab::Capture;
use lesson_osi_layers::counters::Counters;
use lesson_osi_layers::icmp;
use lesson_udp::bound;
use narrator::{explain, line, say};
use nix::sys::socket::{setsockopt, sockopt};

use crate::scene::{ALICE, BOB, Scene, datagram, nothing, packet};

/// Another socket of Alice's.
const OTHER: SocketAddrV4 = SocketAddrV4::new(*ALICE.ip(), 7002);

/// ICMP's code for "port unreachable": RFC 792.
const PORT: u8 = 3;

/// The same datagram four times, and what Alice learns of its fate.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/unreachable.snap");
    let Some(mut scene) = Scene::open(capture, RECORDED)? else {
        return Ok(());
    };
    let alice = scene.alice_socket()?;
    unconnected(&mut scene, &alice)?;
    line("");
    connected(&mut scene, &alice)?;
    line("");
    silenced(&mut scene, &alice)?;
    line("");
    asking(&mut scene)?;
    scene.end()
}

// ANCHOR: unconnected
/// The answer comes, and the socket isn't told.
fn unconnected(scene: &mut Scene, alice: &UdpSocket) -> io::Result<()> {
    alice.send_to(b"anybody?", BOB)?;
    say("alice", "sendto", format_args!("8 bytes: \"anybody?\" → {BOB}"));
    refused(scene)?;
    nothing("alice", alice)
}
// ANCHOR_END: unconnected

// ANCHOR: connected
/// The answer comes, and the next call on the socket reports it, once.
fn connected(scene: &mut Scene, alice: &UdpSocket) -> io::Result<()> {
    alice.connect(BOB)?;
    let host = scene.alice.clone();
    let frames = if scene.waits(&host)? { "a frame" } else { "no frame" };
    say("alice", "connect", format_args!("{BOB}: {frames} goes out"));
    send(alice)?;
    refused(scene)?;
    told("recv", alice.recv(&mut [0; 64]))?;
    nothing("alice", alice)
}
// ANCHOR_END: connected

/// The answer is lost: silence proves nothing.
fn silenced(scene: &mut Scene, alice: &UdpSocket) -> io::Result<()> {
    send(alice)?;
    let (alice_host, bob_host) = (scene.alice.clone(), scene.bob.clone());
    tell_udp(&scene.pass(&alice_host)?)?;
    tell_icmp(&scene.lose(&bob_host)?, "lost")?;
    nothing("alice", alice)
}

/// A socket that isn't connected, and asks for errors.
fn asking(scene: &mut Scene) -> io::Result<()> {
    let alice = scene.alice.enter(|| bound(OTHER.into()))?;
    setsockopt(&alice, sockopt::Ipv4RecvErr, &true)?;
    say("alice", "setsockopt", "IP_RECVERR, on a socket without a peer");
    alice.send_to(b"anybody?", BOB)?;
    say("alice", "sendto", format_args!("8 bytes: \"anybody?\" → {BOB}"));
    refused(scene)?;
    told("recvfrom", alice.recv_from(&mut [0; 64]).map(|(count, _)| count))
}

fn send(alice: &UdpSocket) -> io::Result<()> {
    let sent = alice.send(b"anybody?")?;
    say("alice", "send", format_args!("{sent} bytes: \"anybody?\""));
    Ok(())
}

/// The datagram goes out, ICMP comes back, and Alice's kernel has read it.
fn refused(scene: &mut Scene) -> io::Result<()> {
    let (alice, bob) = (scene.alice.clone(), scene.bob.clone());
    let before = Counters::of(&alice)?;
    tell_udp(&scene.pass(&alice)?)?;
    tell_icmp(&scene.pass(&bob)?, "icmp")?;
    Ok(before.await_more(&alice, "Icmp InDestUnreachs", 1)?)
}

fn tell_udp(frame: &[u8]) -> io::Result<()> {
    let (packet, datagram) = (packet(frame)?, datagram(frame)?);
    let (from, to) = (packet.source(), packet.destination());
    let (here, there) = (datagram.source_port(), datagram.destination_port());
    say("wire", "udp", format_args!("{from}:{here} → {to}:{there}"));
    Ok(())
}

fn tell_icmp(frame: &[u8], how: &str) -> io::Result<()> {
    let packet = packet(frame)?;
    let message = icmp::Message::parse(packet.payload());
    let message = message.map_err(io::Error::other)?;
    let what = match (message.kind(), message.code()) {
        (icmp::kind::DESTINATION_UNREACHABLE, PORT) => {
            "port unreachable (type 3, code 3)"
        }
        _ => return Err(io::Error::other("another ICMP message")),
    };
    let (from, to) = (packet.source(), packet.destination());
    say("wire", how, format_args!("{from} → {to}: {what}"));
    Ok(())
}

/// Tells the error that a call was due to give.
fn told(call: &str, answer: io::Result<usize>) -> io::Result<()> {
    match answer {
        Err(error) => say("alice", call, explain(&error)),
        Ok(_) => return Err(io::Error::other("an answer from nobody")),
    }
    Ok(())
}
