//! What dissecting a frame costs, beside what etherparse takes for the same
//! frames: `scripts/bench-dissect` runs it and says what is due.
//!
//! Each way reads every field of every header, options and extension
//! headers included, and adds the numbers up, so that none can be left out.
//! The ways take turns, and the fastest of many rounds counts: what else the
//! machine does can only add time. Ratios are to the first way.

#[path = "../tests/frames/mod.rs"]
mod frames;

use std::hint::black_box;
use std::time::{Duration, Instant};

use etherparse::{
    Ipv6ExtensionSlice, NetSlice, PacketHeaders, SlicedPacket, TransportSlice,
};
use frames::Random;
use lesson_osi_layers::ethernet::{EtherType, Frame};
use lesson_osi_layers::frame::dissect;
use lesson_osi_layers::ipv4::{self, Protocol};
use lesson_osi_layers::ipv6::{self, Extension};
use lesson_osi_layers::{arp, icmp, tcp, udp};

/// A way of reading a frame: what all its numbers add up to.
type Way = fn(&[u8]) -> u64;

const WAYS: [(&str, Way); 5] = [
    ("etherparse's slices, every field", slices),
    ("etherparse's headers, decoded", decoded),
    ("our views, every field", views),
    ("dissect, layers", layers),
    ("dissect, every field by its name", fields),
];

/// How often each way reads all frames.
const ROUNDS: usize = 300;

fn main() {
    let mut random = Random::new(0xbe7c);
    let mixed: Vec<_> = (0..2_000).map(|_| random.frame()).collect();
    let is_tcp = |frame: &&Vec<u8>| frame[12..14] == [8, 0] && frame[23] == 6;
    let tcp: Vec<_> = mixed.iter().filter(is_tcp).cloned().collect();
    for (name, frames) in [("mixed", &mixed), ("TCP over IPv4", &tcp)] {
        let best = race(frames);
        let title = format!("{name}, {} frames", frames.len());
        println!("{title:<48}   ratio");
        for ((way, _), time) in WAYS.iter().zip(&best) {
            let each = time.as_secs_f64() * 1e9 / frames.len() as f64;
            let ratio = time.as_secs_f64() / best[0].as_secs_f64();
            println!("  {way:<35} {each:6.1} ns {ratio:8.2}");
        }
    }
}

/// The shortest time in which each way read all frames.
fn race(frames: &[Vec<u8>]) -> [Duration; WAYS.len()] {
    let mut best = [Duration::MAX; WAYS.len()];
    for _ in 0..ROUNDS {
        for ((_, way), best) in WAYS.iter().zip(&mut best) {
            let start = Instant::now();
            let sum = frames.iter().map(|frame| way(black_box(frame)));
            black_box(sum.fold(0, u64::wrapping_add));
            *best = start.elapsed().min(*best);
        }
    }
    best
}

/// Adds up numbers of any width.
macro_rules! sum {
    ($($number:expr),* $(,)?) => { 0u64 $(.wrapping_add($number as u64))* };
}

/// Adds up the ends of some bytes: where they are, not what they say.
fn ends(bytes: &[u8]) -> u64 {
    let last = bytes.last().copied().unwrap_or(0);
    sum!(bytes.len(), last)
}

fn v4(address: std::net::Ipv4Addr) -> u32 {
    u32::from(address)
}

fn v6(address: std::net::Ipv6Addr) -> u64 {
    let [.., a, b, c, d] = address.segments();
    sum!(a, b, c, d)
}

fn layers(bytes: &[u8]) -> u64 {
    let dissection = dissect(bytes);
    let last = dissection.layers().last();
    sum!(dissection.layers().len(), last.map_or(0, |layer| layer.start))
}

fn fields(bytes: &[u8]) -> u64 {
    let dissection = dissect(bytes);
    dissection.fields().fold(0, |sum, field| {
        let range = field.range();
        // Of long ones only the ends, as the other ways do.
        let number = match range.len() {
            0..=8 => field.number(),
            _ => ends(field.bytes()),
        };
        sum!(sum, range.start, range.end, number)
    })
}

fn views(bytes: &[u8]) -> u64 {
    let Ok(frame) = Frame::parse(bytes) else { return 0 };
    let (destination, source) = (frame.destination(), frame.source());
    let sum = sum!(
        destination.0[0],
        destination.0[5],
        source.0[0],
        source.0[5],
        frame.ether_type().0,
    );
    let payload = frame.payload();
    sum.wrapping_add(match frame.ether_type() {
        EtherType::IPV4 => ipv4::Packet::parse(payload).map_or(0, view_ipv4),
        EtherType::IPV6 => ipv6::Packet::parse(payload).map_or(0, view_ipv6),
        EtherType::ARP => arp::Packet::parse(payload).map_or(0, view_arp),
        _ => ends(payload),
    })
}

fn view_arp(packet: arp::Packet<'_>) -> u64 {
    sum!(
        packet.hardware_type(),
        packet.protocol_type().0,
        packet.hardware_length(),
        packet.protocol_length(),
        packet.operation().0,
        ends(packet.sender_hardware_address()),
        ends(packet.sender_protocol_address()),
        ends(packet.target_hardware_address()),
        ends(packet.target_protocol_address()),
    )
}

fn view_ipv4(packet: ipv4::Packet<'_>) -> u64 {
    let sum = sum!(
        packet.ihl(),
        packet.dscp(),
        packet.ecn(),
        packet.total_length(),
        packet.identification(),
        packet.dont_fragment(),
        packet.more_fragments(),
        packet.fragment_offset(),
        packet.time_to_live(),
        packet.protocol().0,
        packet.header_checksum(),
        v4(packet.source()),
        v4(packet.destination()),
        packet.header_length(),
    );
    match packet.is_fragment() {
        true => sum.wrapping_add(ends(packet.payload())),
        false => {
            let upper = view_upper(packet.protocol(), packet.payload());
            sum.wrapping_add(upper)
        }
    }
}

fn view_ipv6(packet: ipv6::Packet<'_>) -> u64 {
    let mut sum = sum!(
        packet.dscp(),
        packet.ecn(),
        packet.flow_label(),
        packet.payload_length(),
        packet.next_header().0,
        packet.hop_limit(),
        v6(packet.source()),
        v6(packet.destination()),
    );
    let mut extensions = packet.extensions();
    for extension in extensions.by_ref().flatten() {
        sum = sum.wrapping_add(match extension {
            Extension::Fragment(piece) => sum!(
                extension.next_header().0,
                piece.fragment_offset(),
                piece.more_fragments(),
                piece.identification(),
            ),
            _ => sum!(extension.next_header().0, ends(extension.bytes())),
        });
    }
    match extensions.in_pieces() {
        true => sum.wrapping_add(ends(extensions.payload())),
        false => {
            let upper = view_upper(extensions.protocol(), extensions.payload());
            sum.wrapping_add(upper)
        }
    }
}

fn view_upper(protocol: Protocol, payload: &[u8]) -> u64 {
    match protocol {
        Protocol::TCP => tcp::Segment::parse(payload).map_or(0, view_tcp),
        Protocol::UDP => udp::Datagram::parse(payload).map_or(0, |datagram| {
            sum!(
                datagram.source_port(),
                datagram.destination_port(),
                datagram.length(),
                datagram.checksum(),
                ends(datagram.payload()),
            )
        }),
        Protocol::ICMP | Protocol::ICMPV6 => icmp::Message::parse(payload)
            .map_or(0, |message| {
                let [.., a, b] = message.rest_of_header();
                sum!(
                    message.kind(),
                    message.code(),
                    message.checksum(),
                    a,
                    b,
                    ends(message.data()),
                )
            }),
        _ => ends(payload),
    }
}

fn view_tcp(segment: tcp::Segment<'_>) -> u64 {
    let options = segment.options().map_while(Result::ok);
    let options = options.fold(0, |sum, option| match option {
        tcp::Opt::NoOperation => sum + 1,
        tcp::Opt::MaximumSegmentSize(size) => sum!(sum, size),
        tcp::Opt::WindowScale(shift) => sum!(sum, shift),
        tcp::Opt::SackPermitted => sum + 1,
        tcp::Opt::Sack(blocks) => {
            blocks.fold(sum, |sum, (left, right)| sum!(sum, left, right))
        }
        tcp::Opt::Timestamps { value, echo } => sum!(sum, value, echo),
        tcp::Opt::Unknown { kind, .. } => sum!(sum, kind),
    });
    sum!(
        segment.source_port(),
        segment.destination_port(),
        segment.sequence_number(),
        segment.acknowledgment_number(),
        segment.data_offset(),
        segment.flags().0,
        segment.window(),
        segment.checksum(),
        segment.urgent_pointer(),
        options,
        ends(segment.payload()),
    )
}

fn decoded(bytes: &[u8]) -> u64 {
    match PacketHeaders::from_ethernet_slice(bytes) {
        Ok(headers) => ends(black_box(&headers).payload.slice()),
        Err(_) => 0,
    }
}

fn slices(bytes: &[u8]) -> u64 {
    let Ok(packet) = SlicedPacket::from_ethernet(bytes) else { return 0 };
    let mut sum = 0;
    if let Some(etherparse::LinkSlice::Ethernet2(link)) = &packet.link {
        let (destination, source) = (link.destination(), link.source());
        sum = sum!(
            destination[0],
            destination[5],
            source[0],
            source[5],
            link.ether_type().0,
        );
    }
    let net = match &packet.net {
        Some(NetSlice::Ipv4(packet)) => slice_ipv4(packet),
        Some(NetSlice::Ipv6(packet)) => slice_ipv6(packet),
        Some(NetSlice::Arp(packet)) => slice_arp(packet),
        None => 0,
    };
    let transport = packet.transport.as_ref().map_or(0, slice_upper);
    sum!(sum, net, transport)
}

fn slice_arp(packet: &etherparse::ArpPacketSlice<'_>) -> u64 {
    sum!(
        packet.hw_addr_type().0,
        packet.proto_addr_type().0,
        packet.hw_addr_size(),
        packet.proto_addr_size(),
        packet.operation().0,
        ends(packet.sender_hw_addr()),
        ends(packet.sender_protocol_addr()),
        ends(packet.target_hw_addr()),
        ends(packet.target_protocol_addr()),
    )
}

fn slice_ipv4(packet: &etherparse::Ipv4Slice<'_>) -> u64 {
    let header = packet.header();
    sum!(
        header.ihl(),
        header.dcp().value(),
        header.ecn().value(),
        header.total_len(),
        header.identification(),
        header.dont_fragment(),
        header.more_fragments(),
        header.fragments_offset().value(),
        header.ttl(),
        header.protocol().0,
        header.header_checksum(),
        v4(header.source_addr()),
        v4(header.destination_addr()),
        header.slice().len(),
        ends(packet.payload().payload),
    )
}

fn slice_ipv6(packet: &etherparse::Ipv6Slice<'_>) -> u64 {
    let header = packet.header();
    let mut sum = sum!(
        header.dscp().value(),
        header.ecn().value(),
        header.flow_label().value(),
        header.payload_length(),
        header.next_header().0,
        header.hop_limit(),
        v6(header.source_addr()),
        v6(header.destination_addr()),
        ends(packet.payload().payload),
    );
    for extension in packet.extensions().clone() {
        sum = sum.wrapping_add(match extension {
            Ipv6ExtensionSlice::Fragment(piece) => sum!(
                piece.next_header().0,
                piece.fragment_offset().value(),
                piece.more_fragments(),
                piece.identification(),
            ),
            Ipv6ExtensionSlice::HopByHop(header)
            | Ipv6ExtensionSlice::Routing(header)
            | Ipv6ExtensionSlice::DestinationOptions(header) => {
                sum!(header.next_header().0, ends(header.slice()))
            }
            Ipv6ExtensionSlice::Authentication(_) => 0,
        });
    }
    sum
}

fn slice_upper(transport: &TransportSlice<'_>) -> u64 {
    match transport {
        TransportSlice::Tcp(segment) => slice_tcp(segment),
        TransportSlice::Udp(datagram) => sum!(
            datagram.source_port(),
            datagram.destination_port(),
            datagram.length(),
            datagram.checksum(),
            ends(datagram.payload()),
        ),
        TransportSlice::Icmpv4(message) => {
            let [.., a, b] = message.bytes5to8();
            sum!(
                message.type_u8(),
                message.code_u8(),
                message.checksum(),
                a,
                b,
                ends(message.payload()),
            )
        }
        TransportSlice::Icmpv6(message) => {
            let [.., a, b] = message.bytes5to8();
            sum!(
                message.type_u8(),
                message.code_u8(),
                message.checksum(),
                a,
                b,
                ends(message.payload()),
            )
        }
        TransportSlice::Igmp(_) => 0,
    }
}

fn slice_tcp(segment: &etherparse::TcpSlice<'_>) -> u64 {
    use etherparse::TcpOptionElement::*;
    let options = segment.options_iterator().map_while(Result::ok);
    let options = options.fold(0, |sum, option| match option {
        Noop => sum + 1,
        MaximumSegmentSize(size) => sum!(sum, size),
        WindowScale(shift) => sum!(sum, shift),
        SelectiveAcknowledgementPermitted => sum + 1,
        SelectiveAcknowledgement(first, more) => {
            let blocks = [Some(first)].into_iter().chain(more).flatten();
            blocks.fold(sum, |sum, (left, right)| sum!(sum, left, right))
        }
        Timestamp(value, echo) => sum!(sum, value, echo),
    });
    sum!(
        segment.source_port(),
        segment.destination_port(),
        segment.sequence_number(),
        segment.acknowledgment_number(),
        segment.data_offset(),
        slice_flags(segment),
        segment.window_size(),
        segment.checksum(),
        segment.urgent_pointer(),
        options,
        ends(segment.payload()),
    )
}

fn slice_flags(segment: &etherparse::TcpSlice<'_>) -> u64 {
    let flags = [
        segment.ns(),
        segment.cwr(),
        segment.ece(),
        segment.urg(),
        segment.ack(),
        segment.psh(),
        segment.rst(),
        segment.syn(),
        segment.fin(),
    ];
    flags.into_iter().fold(0, |all, flag| all << 1 | u64::from(flag))
}
