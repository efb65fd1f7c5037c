//! A packet that is too large for a link is cut up, and put together again
//! by the receiver: RFC 791, section 3.2.
//!
//! ```text
//! the packet    IPv4 │ UDP │ data …………………………………………………………………
//! on the link   IPv4 │ UDP │ data …   IPv4 │ data ………   IPv4 │ data …
//!               offset 0, MF          offset 552, MF    offset 1104
//! ```

use std::io;
use std::net::UdpSocket;

use lab::{Capture, Host};
use lesson_osi_layers::{Error, ethernet, ipv4};
use narrator::{During, Trouble, line, say};

use crate::scene::{SERVER, Scene, received};
use lesson_osi_layers::counters::Counters;

/// With UDP's 8 bytes and IPv4's 20, a packet of 1500.
const PAYLOAD: usize = 1472;
/// What alice's link takes, as every host must: RFC 791, section 3.1.
const NARROW: u32 = 576;

/// All fragments arrive; then one doesn't.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/fragments.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let mut scene = Scene::open(lab)?;
    scene.alice.set_mtu(NARROW)?;
    say("alice", "link", format_args!("takes packets of {NARROW} bytes"));
    let (alice, bob) = scene.datagrams()?;
    all_arrive(&mut scene, &alice, &bob)?;
    line("");
    one_is_lost(&mut scene, &alice, &bob)?;
    scene.close(capture)
}

fn all_arrive(
    scene: &mut Scene,
    alice: &UdpSocket,
    bob: &UdpSocket,
) -> Result<(), Trouble> {
    let before = Counters::of(&scene.bob)?;
    send(alice)?;
    let mut numbers = Vec::new();
    loop {
        let frame = scene.alice_sends()?;
        let packet = packet(&frame)?;
        numbers.push(packet.identification());
        tell(&packet);
        if !packet.more_fragments() {
            break;
        }
    }
    numbers.dedup();
    let told = match numbers.len() {
        1 => "one identification in all of them",
        _ => "several identifications",
    };
    say("wire", "", told);
    told_by_the_kernel(&before, &scene.bob, 3)?;
    tell_received(bob)
}

fn one_is_lost(
    scene: &mut Scene,
    alice: &UdpSocket,
    bob: &UdpSocket,
) -> Result<(), Trouble> {
    let before = Counters::of(&scene.bob)?;
    send(alice)?;
    scene.alice_sends()?;
    scene.lose()?;
    say("wire", "lost", "the second of its three fragments");
    scene.alice_sends()?;
    told_by_the_kernel(&before, &scene.bob, 2)?;
    tell_received(bob)
}

fn send(alice: &UdpSocket) -> Result<(), Trouble> {
    let count = alice.send_to(&[b'x'; PAYLOAD], SERVER).during("send")?;
    say("alice", "send", format_args!("{count} bytes, one UDP datagram"));
    Ok(())
}

fn packet(frame: &[u8]) -> Result<ipv4::Packet<'_>, Trouble> {
    let read = || -> Result<ipv4::Packet<'_>, Error> {
        ipv4::Packet::parse(ethernet::Frame::parse(frame)?.payload())
    };
    read().map_err(io::Error::other).during("read a fragment")
}

fn tell(packet: &ipv4::Packet<'_>) {
    // RFC 791, section 3.1: the offset counts units of 8 bytes.
    let offset = usize::from(packet.fragment_offset()) * 8;
    let last = offset + packet.payload().len() - 1;
    let total = packet.total_length();
    let more = match packet.more_fragments() {
        true => "MF: more fragments",
        false => "the last one",
    };
    let what = format!("{total} bytes, has bytes {offset}–{last}, {more}");
    say("wire", "fragment", what);
}

/// What bob's kernel has counted since `before`, once it has had so many
/// fragments.
fn told_by_the_kernel(
    before: &Counters,
    bob: &Host,
    fragments: u64,
) -> Result<(), Trouble> {
    before.await_more(bob, "Ip ReasmReqds", fragments)?;
    let after = Counters::of(bob)?;
    let more = |counter| after.get(counter) - before.get(counter);
    let (pieces, whole) = (more("Ip ReasmReqds"), more("Ip ReasmOKs"));
    let what = format!("fragments in: {pieces}, packets complete: {whole}");
    say("bob", "kernel", what);
    Ok(())
}

fn tell_received(bob: &UdpSocket) -> Result<(), Trouble> {
    match received(bob)? {
        Ok(data) => say("bob", "recv", format_args!("{} bytes", data.len())),
        Err(nothing) => say("bob", "recv", nothing),
    }
    Ok(())
}
