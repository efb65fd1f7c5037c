//! Held against etherparse, another parser of the same headers: on frames
//! that are well formed both find the same in every field, and of broken
//! ones both refuse the same.

mod frames;

use std::collections::BTreeSet;

use etherparse::{
    Icmpv4Slice, Icmpv6Slice, Ipv4Slice, Ipv6ExtensionSlice, Ipv6Slice,
    NetSlice, SlicedPacket, TcpOptionElement, TcpSlice, TransportSlice,
    UdpSlice,
};
use frames::Random;
use lesson_osi_layers::ethernet::{EtherType, Frame};
use lesson_osi_layers::frame::{MOST_EXTENSIONS, dissect};
use lesson_osi_layers::ipv4::Protocol;
use lesson_osi_layers::ipv6::Extension;
use lesson_osi_layers::tcp::{Flags, Opt};
use lesson_osi_layers::{arp, icmp, ipv4, ipv6, tcp, udp};

/// The two agree; or they differ, in a way that is known.
type Outcome = Result<(), &'static str>;

/// Where the two differ on purpose. Each is met in these tests.
fn difference(frame: &[u8]) -> Outcome {
    let Ok(frame) = Frame::parse(frame) else { return Ok(()) };
    let payload = frame.payload();
    match (frame.ether_type(), ipv4::Packet::parse(payload)) {
        // It reads tags between Ethernet and IP; here they are data.
        (EtherType(0x8100 | 0x88a8 | 0x9100), _) => Err("VLAN tags"),
        (EtherType(0x88e5), _) => Err("MACsec tags"),
        (EtherType::IPV4, Ok(packet)) => {
            let whole = !packet.is_fragment();
            upper(packet.protocol(), packet.payload(), whole, false)
        }
        (EtherType::IPV6, _) => {
            ipv6::Packet::parse(payload).map_or(Ok(()), ipv6_difference)
        }
        _ => Ok(()),
    }
}

fn ipv6_difference(packet: ipv6::Packet<'_>) -> Outcome {
    if packet.payload_length() == 0 && !packet.padding().is_empty() {
        // It takes all that is there for a jumbogram's payload.
        return Err("payload length 0");
    }
    let mut extensions = packet.extensions();
    if extensions.by_ref().count() > MOST_EXTENSIONS {
        return Err("more than eight extension headers");
    }
    let next = extensions.protocol();
    if extensions.in_pieces() && matches!(next.0, 0 | 43 | 44 | 51 | 60) {
        // It goes on reading headers in a piece, though that may be the
        // middle of something.
        return Err("a piece that begins with an extension header");
    }
    upper(next, extensions.payload(), !extensions.in_pieces(), true)
}

fn upper(protocol: Protocol, payload: &[u8], whole: bool, v6: bool) -> Outcome {
    let length = payload.get(4..6);
    match protocol {
        // IPsec and IGMP are data here.
        Protocol(51) => Err("IPsec's authentication header"),
        _ if !whole => Ok(()),
        Protocol(2) => Err("IGMP"),
        Protocol::ICMP if v6 => Err("ICMP in IPv6"),
        Protocol::ICMPV6 if !v6 => Err("ICMPv6 in IPv4"),
        // It takes all that is there; RFC 768 says: at least 8.
        Protocol::UDP if length == Some(&[0, 0]) && payload.len() >= 8 => {
            Err("UDP length 0")
        }
        // It insists on a timestamp's exact length.
        Protocol::ICMP if matches!(payload, [13 | 14, 0, ..]) => {
            Err("ICMP timestamps")
        }
        _ => Ok(()),
    }
}

/// Claims that both find the same in a frame.
fn compare(bytes: &[u8]) -> Outcome {
    difference(bytes)?;
    let theirs = SlicedPacket::from_ethernet(bytes);
    match (dissect(bytes).error(), theirs) {
        (None, Ok(theirs)) => same(bytes, &theirs),
        (Some(_), Err(_)) => {}
        (ours, theirs) => panic!("{ours:?}, {theirs:?} of {bytes:02x?}"),
    }
    Ok(())
}

fn same(bytes: &[u8], theirs: &SlicedPacket<'_>) {
    let ours = Frame::parse(bytes).unwrap();
    let link = theirs.link.as_ref().and_then(|link| link.to_header());
    let link = link.unwrap().ethernet2().unwrap();
    assert_eq!(ours.destination().0, link.destination);
    assert_eq!(ours.source().0, link.source);
    assert_eq!(ours.ether_type().0, link.ether_type.0);
    let layers = dissect(bytes);
    let lowest_upper = match &theirs.net {
        Some(NetSlice::Arp(packet)) => return same_arp(&ours, packet),
        Some(NetSlice::Ipv4(packet)) => same_ipv4(&ours, packet),
        Some(NetSlice::Ipv6(packet)) => same_ipv6(&ours, packet),
        None => return assert!(layers.layers().len() <= 2, "{layers:?}"),
    };
    match &theirs.transport {
        Some(TransportSlice::Tcp(segment)) => same_tcp(lowest_upper, segment),
        Some(TransportSlice::Udp(datagram)) => same_udp(lowest_upper, datagram),
        Some(TransportSlice::Icmpv4(message)) => {
            same_icmp(lowest_upper, message);
        }
        Some(TransportSlice::Icmpv6(message)) => {
            same_icmpv6(lowest_upper, message);
        }
        _ => {}
    }
}

fn same_arp(frame: &Frame<'_>, theirs: &etherparse::ArpPacketSlice<'_>) {
    let ours = arp::Packet::parse(frame.payload()).unwrap();
    assert_eq!(ours.hardware_type(), theirs.hw_addr_type().0);
    assert_eq!(ours.protocol_type().0, theirs.proto_addr_type().0);
    assert_eq!(ours.hardware_length(), usize::from(theirs.hw_addr_size()));
    assert_eq!(ours.protocol_length(), usize::from(theirs.proto_addr_size()));
    assert_eq!(ours.operation().0, theirs.operation().0);
    assert_eq!(ours.sender_hardware_address(), theirs.sender_hw_addr());
    assert_eq!(ours.sender_protocol_address(), theirs.sender_protocol_addr());
    assert_eq!(ours.target_hardware_address(), theirs.target_hw_addr());
    assert_eq!(ours.target_protocol_address(), theirs.target_protocol_addr());
}

fn same_ipv4<'a>(frame: &Frame<'a>, theirs: &Ipv4Slice<'_>) -> &'a [u8] {
    let ours = ipv4::Packet::parse(frame.payload()).unwrap();
    let header = theirs.header();
    assert_eq!(ours.ihl(), header.ihl());
    assert_eq!(ours.header_length(), header.slice().len());
    assert_eq!(ours.dscp(), header.dcp().value());
    assert_eq!(ours.ecn(), header.ecn().value());
    assert_eq!(ours.total_length(), header.total_len());
    assert_eq!(ours.identification(), header.identification());
    assert_eq!(ours.dont_fragment(), header.dont_fragment());
    assert_eq!(ours.more_fragments(), header.more_fragments());
    assert_eq!(ours.fragment_offset(), header.fragments_offset().value());
    assert_eq!(ours.is_fragment(), header.is_fragmenting_payload());
    assert_eq!(ours.time_to_live(), header.ttl());
    assert_eq!(ours.protocol().0, header.protocol().0);
    assert_eq!(ours.header_checksum(), header.header_checksum());
    // It forgets the reserved bit before it adds up.
    if header.slice()[6] & 0x80 == 0 {
        let due = header.to_header().calc_header_checksum();
        assert_eq!(ours.checksum_is_right(), ours.header_checksum() == due);
    }
    assert_eq!(ours.source(), header.source_addr());
    assert_eq!(ours.destination(), header.destination_addr());
    assert_eq!(ours.payload(), theirs.payload().payload);
    ours.payload()
}

fn same_ipv6<'a>(frame: &Frame<'a>, theirs: &Ipv6Slice<'_>) -> &'a [u8] {
    let ours = ipv6::Packet::parse(frame.payload()).unwrap();
    let header = theirs.header();
    assert_eq!(ours.traffic_class(), header.traffic_class());
    assert_eq!(ours.dscp(), header.dscp().value());
    assert_eq!(ours.ecn(), header.ecn().value());
    assert_eq!(ours.flow_label(), header.flow_label().value());
    assert_eq!(ours.payload_length(), header.payload_length());
    assert_eq!(ours.next_header().0, header.next_header().0);
    assert_eq!(ours.hop_limit(), header.hop_limit());
    assert_eq!(ours.source(), header.source_addr());
    assert_eq!(ours.destination(), header.destination_addr());
    let mut extensions = ours.extensions();
    for theirs in theirs.extensions().clone() {
        same_extension(extensions.next().unwrap().unwrap(), &theirs);
    }
    assert!(extensions.next().is_none());
    assert_eq!(extensions.protocol().0, theirs.payload().ip_number.0);
    assert_eq!(extensions.in_pieces(), theirs.payload().fragmented);
    assert_eq!(extensions.payload(), theirs.payload().payload);
    extensions.payload()
}

fn same_extension(ours: Extension<'_>, theirs: &Ipv6ExtensionSlice<'_>) {
    match (ours, theirs) {
        (Extension::HopByHop(_), Ipv6ExtensionSlice::HopByHop(theirs))
        | (Extension::Routing(_), Ipv6ExtensionSlice::Routing(theirs))
        | (
            Extension::DestinationOptions(_),
            Ipv6ExtensionSlice::DestinationOptions(theirs),
        ) => {
            assert_eq!(ours.bytes(), theirs.slice());
            assert_eq!(ours.next_header().0, theirs.next_header().0);
        }
        (Extension::Fragment(piece), Ipv6ExtensionSlice::Fragment(theirs)) => {
            assert_eq!(ours.bytes(), theirs.slice());
            assert_eq!(ours.next_header().0, theirs.next_header().0);
            let offset = theirs.fragment_offset().value();
            assert_eq!(piece.fragment_offset(), offset);
            assert_eq!(piece.more_fragments(), theirs.more_fragments());
            assert_eq!(piece.identification(), theirs.identification());
            assert_eq!(piece.is_piece(), theirs.is_fragmenting_payload());
        }
        _ => panic!("{ours:?} is {theirs:?}"),
    }
}

fn same_udp(payload: &[u8], theirs: &UdpSlice<'_>) {
    let ours = udp::Datagram::parse(payload).unwrap();
    assert_eq!(ours.source_port(), theirs.source_port());
    assert_eq!(ours.destination_port(), theirs.destination_port());
    assert_eq!(ours.length(), theirs.length());
    assert_eq!(ours.checksum(), theirs.checksum());
    assert_eq!(ours.payload(), theirs.payload());
}

fn same_icmp(payload: &[u8], theirs: &Icmpv4Slice<'_>) {
    let ours = icmp::Message::parse(payload).unwrap();
    assert_eq!(ours.kind(), theirs.type_u8());
    assert_eq!(ours.code(), theirs.code_u8());
    assert_eq!(ours.checksum(), theirs.checksum());
    assert_eq!(ours.rest_of_header(), theirs.bytes5to8());
}

fn same_icmpv6(payload: &[u8], theirs: &Icmpv6Slice<'_>) {
    let ours = icmp::Message::parse_v6(payload).unwrap();
    assert_eq!(ours.kind(), theirs.type_u8());
    assert_eq!(ours.code(), theirs.code_u8());
    assert_eq!(ours.checksum(), theirs.checksum());
    assert_eq!(ours.rest_of_header(), theirs.bytes5to8());
    assert_eq!(ours.data(), theirs.payload());
}

fn same_tcp(payload: &[u8], theirs: &TcpSlice<'_>) {
    let ours = tcp::Segment::parse(payload).unwrap();
    assert_eq!(ours.source_port(), theirs.source_port());
    assert_eq!(ours.destination_port(), theirs.destination_port());
    assert_eq!(ours.sequence_number(), theirs.sequence_number());
    assert_eq!(ours.acknowledgment_number(), theirs.acknowledgment_number());
    assert_eq!(ours.data_offset(), theirs.data_offset());
    assert_eq!(ours.reserved() & 1 == 1, theirs.ns());
    for (flag, set) in [
        (Flags::FIN, theirs.fin()),
        (Flags::SYN, theirs.syn()),
        (Flags::RST, theirs.rst()),
        (Flags::PSH, theirs.psh()),
        (Flags::ACK, theirs.ack()),
        (Flags::URG, theirs.urg()),
        (Flags::ECE, theirs.ece()),
        (Flags::CWR, theirs.cwr()),
    ] {
        assert_eq!(ours.flags().has(flag), set, "{flag}");
    }
    assert_eq!(ours.window(), theirs.window_size());
    assert_eq!(ours.checksum(), theirs.checksum());
    assert_eq!(ours.urgent_pointer(), theirs.urgent_pointer());
    assert_eq!(ours.payload(), theirs.payload());
    same_options(&ours, theirs);
}

/// It stops at the first option that it doesn't know, or whose length is
/// wrong; here only a length that leads out of the header stops the list.
fn same_options(ours: &tcp::Segment<'_>, theirs: &TcpSlice<'_>) {
    let mut options = ours.options();
    for theirs in theirs.options_iterator() {
        let ours = options.next().unwrap();
        let Ok(theirs) = theirs else {
            return assert!(matches!(ours, Err(_) | Ok(Opt::Unknown { .. })));
        };
        same_option(ours.unwrap(), &theirs);
    }
    assert!(options.next().is_none());
}

fn same_option(ours: Opt<'_>, theirs: &TcpOptionElement) {
    use TcpOptionElement::*;
    match (ours, theirs) {
        (Opt::NoOperation, Noop)
        | (Opt::SackPermitted, SelectiveAcknowledgementPermitted) => {}
        (Opt::MaximumSegmentSize(ours), MaximumSegmentSize(theirs)) => {
            assert_eq!(ours, *theirs);
        }
        (Opt::WindowScale(ours), WindowScale(theirs)) => {
            assert_eq!(ours, *theirs);
        }
        (Opt::Timestamps { value, echo }, Timestamp(a, b)) => {
            assert_eq!((value, echo), (*a, *b));
        }
        (Opt::Sack(blocks), SelectiveAcknowledgement(first, more)) => {
            let theirs = [Some(*first)].into_iter().chain(*more).flatten();
            assert!(blocks.eq(theirs));
        }
        _ => panic!("{ours:?} is {theirs:?}"),
    }
}

#[test]
fn well_formed_frames_have_the_same_fields() {
    let mut random = Random::new(0x5eed);
    let mut skipped = 0;
    for _ in 0..20_000 {
        let frame = random.frame();
        assert_eq!(dissect(&frame).error(), None, "{frame:02x?}");

        skipped += usize::from(compare(&frame).is_err());
    }
    assert!(skipped < 400, "{skipped}");
}

#[test]
fn broken_frames_are_read_or_refused_alike() {
    let mut random = Random::new(0xbad);
    let (mut skipped, mut refused) = (0, 0);
    for _ in 0..100_000 {
        let mut frame = random.frame();
        random.mutate(&mut frame);
        refused += usize::from(dissect(&frame).error().is_some());

        skipped += usize::from(compare(&frame).is_err());
    }
    assert!(refused > 20_000, "{refused}");
    assert!(skipped < 2_000, "{skipped}");
}

#[test]
fn the_two_differ_in_eleven_ways_and_no_others() {
    let mut random = Random::new(7);
    let mut met = BTreeSet::new();
    met.extend(compare(&nine_extension_headers()).err());
    for _ in 0..20_000 {
        let mut frame = random.frame();
        // EtherTypes, lengths, protocols, types of messages.
        let places = [12, 13, 18, 19, 20, 23, 34, 38, 39, 54, 62];
        let values = [0, 1, 2, 13, 51, 58, 0x81, 0x88, 0xe5, 0xa8];
        for _ in 0..2 {
            let at = places[random.below(places.len())];
            if let Some(byte) = frame.get_mut(at) {
                *byte = values[random.below(values.len())];
            }
        }
        met.extend(compare(&frame).err());
    }

    assert_eq!(met.len(), 11, "{met:?}");
}

fn nine_extension_headers() -> Vec<u8> {
    let mut frame = [0; 14 + 40 + 9 * 8];
    frame[12..14].copy_from_slice(&EtherType::IPV6.0.to_be_bytes());
    frame[14] = 0x60;
    frame[19] = 9 * 8;
    frame[20] = 60;
    for header in frame[54..].chunks_mut(8).take(8) {
        header[0] = 60;
    }
    frame[54 + 8 * 8] = 59;
    frame.to_vec()
}
