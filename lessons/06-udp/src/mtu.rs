//! A datagram that is too large for a frame travels in pieces, and one lost
//! piece loses it all: RFC 791, section 3.2; RFC 8085, section 3.2.
//!
//! ```text
//! MTU 1500:   20 IPv4 │ 8 UDP │ 1472 data                one frame
//!             20 IPv4 │ 8 UDP │ 1472 data   20 IPv4 │ 1  two
//! ```
//!
//! A program that wants no pieces sets the flag don't-fragment, and then
//! has to keep to what the path takes.

use std::io;
use std::net::UdpSocket;

use lab::Capture;
use lesson_osi_layers::counters::Counters;
use lesson_udp::dont_fragment;
use narrator::{explain, line, say};
use nix::sys::socket::{getsockopt, sockopt};

use crate::scene::{BOB, Scene, nothing, packet};

/// What a frame of Alice's carries: 1500, less 20 for IPv4 and 8 for UDP.
const FITS: usize = 1472;

/// One frame, two, three of which one is lost; then none at all.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/mtu.snap");
    let Some(mut scene) = Scene::open(capture, RECORDED)? else {
        return Ok(());
    };
    let (alice, bob) = (scene.alice_socket()?, scene.bob_socket(BOB.into())?);
    alice.connect(BOB)?;
    in_pieces(&mut scene, &alice, &bob)?;
    line("");
    one_is_lost(&mut scene, &alice, &bob)?;
    line("");
    in_one_piece(&mut scene, &alice, &bob)?;
    line("");
    a_narrow_link(&mut scene, &alice, &bob)?;
    scene.end()
}

fn in_pieces(
    scene: &mut Scene,
    alice: &UdpSocket,
    bob: &UdpSocket,
) -> io::Result<()> {
    for size in [FITS, FITS + 1] {
        send(alice, size)?;
        while !arrives(scene)? {}
        receive(bob)?;
    }
    Ok(())
}

// ANCHOR: lost
/// Three pieces, the second is lost, and the other two are worth nothing.
fn one_is_lost(
    scene: &mut Scene,
    alice: &UdpSocket,
    bob: &UdpSocket,
) -> io::Result<()> {
    let before = Counters::of(&scene.bob)?;
    send(alice, 4000)?;
    arrives(scene)?;
    let host = scene.alice.clone();
    tell(&scene.lose(&host)?, "lost")?;
    arrives(scene)?;
    before.await_more(&scene.bob, "Ip ReasmReqds", 2)?;
    say("bob", "kernel", "has two pieces, and waits for the third");
    nothing("bob", bob)
}
// ANCHOR_END: lost

// ANCHOR: whole
/// Alice asks for no pieces. Her kernel refuses what doesn't fit.
fn in_one_piece(
    scene: &mut Scene,
    alice: &UdpSocket,
    bob: &UdpSocket,
) -> io::Result<()> {
    dont_fragment(alice)?;
    say("alice", "setsockopt", "IP_MTU_DISCOVER: IP_PMTUDISC_DO");
    match alice.send(&[b'.'; FITS + 1]) {
        Ok(_) => return Err(io::Error::other("sent in pieces after all")),
        Err(error) => {
            let what = format!("{} bytes: {}", FITS + 1, explain(&error));
            say("alice", "send", what);
        }
    }
    let mtu = getsockopt(alice, sockopt::IpMtu)?;
    say("alice", "getsockopt", format_args!("IP_MTU: {mtu}"));
    send(alice, FITS)?;
    while !arrives(scene)? {}
    receive(bob)
}
// ANCHOR_END: whole

/// A link in the middle takes 1400 bytes, and says nothing: Alice can't
/// know. Only her own trying tells.
fn a_narrow_link(
    scene: &mut Scene,
    alice: &UdpSocket,
    bob: &UdpSocket,
) -> io::Result<()> {
    line("A link on the way takes no more than 1400 bytes.");
    send(alice, FITS)?;
    let host = scene.alice.clone();
    tell(&scene.lose(&host)?, "lost")?;
    nothing("bob", bob)?;
    send(alice, FITS - 100)?;
    while !arrives(scene)? {}
    receive(bob)
}

fn send(alice: &UdpSocket, size: usize) -> io::Result<()> {
    let sent = alice.send(&vec![b'.'; size])?;
    say("alice", "send", format_args!("{sent} bytes"));
    Ok(())
}

fn receive(bob: &UdpSocket) -> io::Result<()> {
    let (count, _) = bob.recv_from(&mut [0; 4096])?;
    say("bob", "recvfrom", format_args!("{count} bytes"));
    Ok(())
}

/// Lets Alice's next frame arrive; whether it was the last of its packet.
fn arrives(scene: &mut Scene) -> io::Result<bool> {
    let host = scene.alice.clone();
    let frame = scene.pass(&host)?;
    tell(&frame, "packet")?;
    Ok(!packet(&frame)?.more_fragments())
}

fn tell(frame: &[u8], how: &str) -> io::Result<()> {
    let packet = packet(frame)?;
    // RFC 791, section 3.1: the offset counts units of 8 bytes.
    let offset = usize::from(packet.fragment_offset()) * 8;
    let (total, whole) = (packet.total_length(), packet.payload().len());
    let flags = match (packet.dont_fragment(), packet.more_fragments()) {
        (true, _) => ", don't fragment",
        (_, true) => ", more fragments",
        (_, false) => "",
    };
    let last = offset + whole - 1;
    let what = format!("{total} bytes, has bytes {offset}–{last}{flags}");
    say("wire", how, what);
    Ok(())
}
