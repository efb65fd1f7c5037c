//! Lengths that are false, and what becomes of the frames that have them:
//! RFC 1122, section 3.2.1.
//!
//! alice's kernel sends an honest datagram; the wire writes another length
//! into it, and mends the checksum, so that nothing else is wrong. Then our
//! reader is asked, and bob's kernel.

use std::net::UdpSocket;

use lab::Capture;
use lesson_osi_layers::checksum;
use lesson_osi_layers::frame::dissect;
use narrator::{During, Trouble, line};

use crate::scene::{SERVER, Scene, arrived, received};
use lesson_osi_layers::counters::Counters;

/// The headers begin and end here in the frame.
const IPV4: usize = 14;
const UDP: usize = IPV4 + 20;
const DATA: usize = UDP + 8;

/// What is false, how the frame becomes so, and which of the kernel's
/// counters tells that it noticed.
struct Case {
    what: &'static str,
    change: fn(&mut Vec<u8>),
    counter: Option<&'static str>,
}

const CASES: [Case; 6] = [
    Case {
        what: "IHL is 4: a header of 16 bytes",
        change: |frame| header(frame, 0, 0x44),
        counter: Some("Ip InHdrErrors"),
    },
    Case {
        what: "IHL is 15: a header of 60 bytes, in a packet of 33",
        change: |frame| header(frame, 0, 0x4f),
        counter: Some("Ip InHdrErrors"),
    },
    Case {
        what: "total length is 255, in a packet of 33 bytes",
        change: |frame| header(frame, 3, 255),
        counter: Some("IpExt InTruncatedPkts"),
    },
    Case {
        what: "UDP's length is 255, where 13 bytes are",
        change: |frame| datagram(frame, 255),
        counter: Some("Udp InErrors"),
    },
    Case {
        what: "the frame ends after 10 bytes of IPv4",
        change: |frame| frame.truncate(IPV4 + 10),
        counter: Some("Ip InHdrErrors"),
    },
    Case {
        what: "no lie: zeros behind the packet, as Ethernet adds them",
        change: |frame| frame.resize(60, 0),
        counter: None,
    },
];

/// One after the other.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/lying.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let mut scene = Scene::open(lab)?;
    let sockets = scene.datagrams()?;
    for (case, number) in CASES.into_iter().zip(1..) {
        line(format_args!("{number}. {}", case.what));
        tell(&mut scene, &sockets, &case)?;
    }
    scene.close(capture)
}

fn tell(
    scene: &mut Scene,
    (alice, bob): &(UdpSocket, UdpSocket),
    case: &Case,
) -> Result<(), Trouble> {
    let before = Counters::of(&scene.bob)?;
    alice.send_to(b"hello", SERVER).during("send")?;
    let frame = scene.damage(case.change)?;
    match dissect(&frame).error() {
        Some(error) => line(format_args!("   our reader    {error}")),
        None => line("   our reader    no fault"),
    }
    match case.counter {
        Some(counter) => {
            before.await_more(&scene.bob, counter, 1)?;
            line(format_args!("   bob's kernel  drops it, {counter} + 1"));
        }
        None => {
            arrived(bob)?;
            line("   bob's kernel  finds no fault");
        }
    }
    match received(bob)? {
        Ok(data) => {
            let text = data.escape_ascii();
            line(format_args!(
                "   bob's recv    {} bytes, \"{text}\"",
                data.len()
            ));
        }
        Err(nothing) => line(format_args!("   bob's recv    {nothing}")),
    }
    Ok(())
}

/// Writes a byte of the IPv4 header, and mends the header's checksum.
fn header(frame: &mut [u8], at: usize, byte: u8) {
    frame[IPV4 + at] = byte;
    frame[IPV4 + 10..IPV4 + 12].fill(0);
    // With an IHL that reaches beyond its 20 bytes, it covers the data too.
    let end = IPV4 + usize::from(frame[IPV4] & 0x0f) * 4;
    let sum = checksum::of(&frame[IPV4..end.min(frame.len())]);
    frame[IPV4 + 10..IPV4 + 12].copy_from_slice(&sum.to_be_bytes());
}

/// Writes UDP's length, and leaves the checksum out: RFC 768 allows that.
fn datagram(frame: &mut [u8], length: u16) {
    frame[UDP + 4..UDP + 6].copy_from_slice(&length.to_be_bytes());
    frame[UDP + 6..DATA].fill(0);
}
