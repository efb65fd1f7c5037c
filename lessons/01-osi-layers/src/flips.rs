//! What the internet checksum notices, and what it doesn't: RFC 1071. The
//! demo `checksum`; the file of that name is the library's.
//!
//! ```text
//! "pay 1020 euros"   as 16-bit words:   … 3130 3230 …
//! one bit flips                         … 3330 3230 …   another sum
//! and one more, the other way           … 3330 3030 …   the same sum
//! ```
//!
//! Each time alice sends the same datagram, and the wire damages it. On a
//! real cable the interface card's CRC would notice both; the damage here is
//! of the kind that happens behind the card, in memory or in a router.

use std::net::UdpSocket;

use lab::Capture;
use narrator::{During, Trouble, line, say};

use crate::scene::{SERVER, Scene, arrived, received};
use lesson_osi_layers::counters::Counters;

const MESSAGE: &[u8] = b"pay 1020 euros";
/// Ethernet's, IPv4's and UDP's headers stand before the message.
const HEADERS: usize = 14 + 20 + 8;
/// Where the time to live stands in the frame.
const TIME_TO_LIVE: usize = 14 + 8;
/// Where the digits 1 and 2 of 1020 stand, each the first byte of a word.
const ONE: usize = HEADERS + 4;
const TWO: usize = HEADERS + 6;

/// What is damaged, how, and what bob's kernel counts when it notices.
type Case = (&'static str, fn(&mut [u8]), Option<&'static str>);

/// No damage, then one bit in each header's care, then two bits.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/checksum.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let mut scene = Scene::open(lab)?;
    let sockets = scene.datagrams()?;
    let cases: [Case; 4] = [
        ("no bit", |_| {}, None),
        ("a bit of the time to live", ttl, Some("Ip InHdrErrors")),
        ("a bit of the message", one_bit, Some("Udp InCsumErrors")),
        ("two bits of the message", two_bits, None),
    ];
    for (case, number) in cases.into_iter().zip(1..) {
        if number > 1 {
            line("");
        }
        send(&mut scene, &sockets, case)?;
    }
    scene.close(capture)
}

// ANCHOR: damage
fn ttl(frame: &mut [u8]) {
    frame[TIME_TO_LIVE] ^= 0b0000_0010;
}

fn one_bit(frame: &mut [u8]) {
    frame[ONE] ^= 0b0000_0010; // 0x31 becomes 0x33: '1' becomes '3'
}

fn two_bits(frame: &mut [u8]) {
    frame[ONE] ^= 0b0000_0010; // from 0 to 1: the word grows by 0x0200
    frame[TWO] ^= 0b0000_0010; // from 1 to 0: the word shrinks by 0x0200
}
// ANCHOR_END: damage

/// Sends the message through a wire that does the damage.
fn send(
    scene: &mut Scene,
    (alice, bob): &(UdpSocket, UdpSocket),
    (what, damage, counter): Case,
) -> Result<(), Trouble> {
    let before = Counters::of(&scene.bob)?;
    alice.send_to(MESSAGE, SERVER).during("send")?;
    say("alice", "send", quoted(MESSAGE));

    let frame = scene.damage(|frame| damage(frame))?;
    let message = frame.get(HEADERS..).unwrap_or_default();
    say("wire", "flips", format_args!("{what}: {}", quoted(message)));

    match counter {
        Some(counter) => before.await_more(&scene.bob, counter, 1)?,
        None => arrived(bob)?,
    }
    let after = Counters::of(&scene.bob)?;
    let more = |counter: &str| after.get(counter) - before.get(counter);
    let [header, datagram] = ["Ip InHdrErrors", "Udp InCsumErrors"].map(more);
    let counted = format!("InHdrErrors + {header}, InCsumErrors + {datagram}");
    say("bob", "kernel", counted);
    match received(bob)? {
        Ok(message) => say("bob", "recv", quoted(&message)),
        Err(nothing) => say("bob", "recv", nothing),
    }
    Ok(())
}

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}
