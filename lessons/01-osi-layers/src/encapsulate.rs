//! A request on its way down: each layer puts its header in front of what it
//! got from above, and hands the whole to the layer below.
//!
//! ```text
//!                        GET /hello HTTP/1.1 …     34 bytes
//!                  TCP │ GET /hello HTTP/1.1 …   + 20
//!           IPv4 │ TCP │ GET /hello HTTP/1.1 …   + 20
//! Ethernet │ IPv4 │ TCP │ GET /hello HTTP/1.1 …  + 14
//! ```
//!
//! First by this program's own hand; then alice's kernel sends the same
//! request through a socket, and the two frames are compared.

use std::io;

use lab::Capture;
use lesson_osi_layers::checksum::PseudoHeader;
use lesson_osi_layers::ethernet::{self, EtherType, Mac};
use lesson_osi_layers::ipv4::{self, Protocol};
use lesson_osi_layers::{Error, tcp};
use narrator::{During, Trouble, line};

use crate::scene::{CLIENT, REQUEST, SERVER, Scene};
use crate::story::dump;

/// What alice's kernel picks at random, or bob's: nobody can know it before.
#[derive(Clone, Copy)]
struct Picked {
    identification: u16,
    sequence_number: u32,
    acknowledgment_number: u32,
}

/// What stands for these numbers until a kernel has picked them.
const ROUND: Picked = Picked {
    identification: 1,
    sequence_number: 1001,
    acknowledgment_number: 2001,
};

/// A frame as its layers built it: each put its header in front.
struct Wrapped {
    ethernet: Vec<u8>,
    ipv4: Vec<u8>,
    tcp: Vec<u8>,
}

/// The way down, then the proof.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/encapsulate.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let wrapped = wrap(REQUEST, ROUND).map_err(io::Error::other);
    tell(&wrapped.during("wrap the request")?);

    let mut scene = Scene::open(lab)?;
    let (client, _server) = scene.connect()?;
    client.send(REQUEST).during("send")?;
    let caught = scene.alice_sends()?;
    compare(&caught).map_err(io::Error::other).during("read the frame")?;
    scene.close(capture)
}

// ANCHOR: wrap
/// Wraps a message into a segment, a packet and a frame.
fn wrap(message: &[u8], picked: Picked) -> Result<Wrapped, Error> {
    let (alice, bob) = (*CLIENT.ip(), *SERVER.ip());

    let header = tcp::Header {
        source_port: CLIENT.port(),
        destination_port: SERVER.port(),
        sequence_number: picked.sequence_number,
        acknowledgment_number: picked.acknowledgment_number,
        flags: tcp::Flags::ACK.with(tcp::Flags::PSH),
        window: 502, // of 128 bytes each, as the handshake agreed
        urgent_pointer: 0,
        options: &[],
    };
    let length = (header.length() + message.len()) as u16;
    let between = PseudoHeader::v4(alice, bob, Protocol::TCP, length);
    let tcp = [&header.to_bytes(&between, message)?, message].concat();

    let header = ipv4::Header {
        identification: picked.identification,
        ..ipv4::Header::new(Protocol::TCP, alice, bob)
    };
    let ipv4 = [&header.to_bytes(tcp.len())?[..], &tcp].concat();

    let header = ethernet::Header {
        destination: Mac([2, 0, 0, 0, 0, 2]),
        source: Mac([2, 0, 0, 0, 0, 1]),
        ether_type: EtherType::IPV4,
    };
    let ethernet = [&header.to_bytes()[..], &ipv4].concat();
    Ok(Wrapped { ethernet, ipv4, tcp })
}
// ANCHOR_END: wrap

fn tell(wrapped: &Wrapped) {
    let Wrapped { ethernet, ipv4, tcp } = wrapped;
    line("layer     header   so far   what the header says");
    let rows = [
        ("HTTP", 0, REQUEST.len(), "GET /hello HTTP/1.1, Host: bob"),
        ("TCP", REQUEST.len(), tcp.len(), "port 51000 → 8080, PSH ACK"),
        ("IPv4", tcp.len(), ipv4.len(), "10.0.0.1 → 10.0.0.2, TCP inside"),
        ("Ethernet", ipv4.len(), ethernet.len(), "…:01 → …:02, IPv4 inside"),
    ];
    for (layer, before, after, says) in rows {
        let header = match before {
            0 => String::new(),
            before => format!("+ {}", after - before),
        };
        line(format_args!("{layer:<8}  {header:>6}   {after:>6}   {says}"));
    }
    line("");
    let parts = [
        ("Ethernet", ethernet.len(), ipv4.len()),
        ("IPv4", ipv4.len(), tcp.len()),
        ("TCP", tcp.len(), REQUEST.len()),
        ("HTTP", REQUEST.len(), 0),
    ];
    for (name, with, without) in parts {
        let (start, end) = (ethernet.len() - with, ethernet.len() - without);
        dump(start, &ethernet[start..end], name).iter().for_each(line);
    }
}

/// Holds the kernel's frame against one of our own, with what the kernels
/// picked taken from theirs.
fn compare(caught: &[u8]) -> Result<(), Error> {
    let packet =
        ipv4::Packet::parse(ethernet::Frame::parse(caught)?.payload())?;
    let segment = tcp::Segment::parse(packet.payload())?;
    let picked = Picked {
        identification: packet.identification(),
        sequence_number: segment.sequence_number(),
        acknowledgment_number: segment.acknowledgment_number(),
    };
    let ours = wrap(REQUEST, picked)?.ethernet;
    let same = ours.iter().zip(caught).filter(|(a, b)| a == b).count();
    tell_same(same, ours.len().max(caught.len()));
    Ok(())
}

/// Of the bytes that are the same, ten were taken from the kernel's frame.
fn tell_same(same: usize, all: usize) {
    let (others, all_others) = (same - 10, all - 10);
    let percent = 100.0 * same as f64 / all as f64;
    line("");
    line("The same request, sent by alice's kernel and caught on the wire:");
    line("  picked at random, now put in  identification            2 bytes");
    line("                                sequence number           4 bytes");
    line("                                acknowledgment number     4 bytes");
    line(format_args!(
        "  worked out by both            all else, the same in    \
         {others} of {all_others} bytes"
    ));
    line(format_args!(
        "  the whole frame               the same in              \
         {same} of {all} bytes, {percent:.1} %"
    ));
}
