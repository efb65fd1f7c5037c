//! A frame's fields tile it, whatever is in it; and dissecting costs no
//! memory.

mod frames;

use std::net::Ipv4Addr;

use frames::Random;
use lesson_osi_layers::Error;
use lesson_osi_layers::checksum::{PseudoHeader, Verdict};
use lesson_osi_layers::ethernet::{self, EtherType, Mac};
use lesson_osi_layers::frame::{Dissection, Kind, dissect};
use lesson_osi_layers::ipv4::{self, Protocol};
use lesson_osi_layers::tcp::{self, Flags, Opt};
use lesson_osi_layers::udp;
use support::memory;

const ALICE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

/// A frame from alice to bob.
fn frame(ether_type: EtherType, payload: &[u8]) -> Vec<u8> {
    let header = ethernet::Header {
        destination: Mac([2, 0, 0, 0, 0, 2]),
        source: Mac([2, 0, 0, 0, 0, 1]),
        ether_type,
    };
    [&header.to_bytes(), payload].concat()
}

fn packet(protocol: Protocol, payload: &[u8]) -> Vec<u8> {
    let header = ipv4::Header::new(protocol, ALICE, BOB);
    let header = header.to_bytes(payload.len()).unwrap();
    frame(EtherType::IPV4, &[&header, payload].concat())
}

fn segment(options: &[Opt<'_>], flags: Flags, data: &[u8]) -> Vec<u8> {
    let header = tcp::Header {
        source_port: 40_000,
        destination_port: 80,
        sequence_number: 1_000,
        acknowledgment_number: 0,
        flags,
        window: 64_240,
        urgent_pointer: 0,
        options,
    };
    let length = u16::try_from(header.length() + data.len()).unwrap();
    let between = PseudoHeader::v4(ALICE, BOB, Protocol::TCP, length);
    let header = header.to_bytes(&between, data).unwrap();
    packet(Protocol::TCP, &[&header, data].concat())
}

fn datagram(data: &[u8]) -> Vec<u8> {
    let header = udp::Header { source_port: 5_000, destination_port: 53 };
    let length = u16::try_from(udp::HEADER + data.len()).unwrap();
    let between = PseudoHeader::v4(ALICE, BOB, Protocol::UDP, length);
    let header = header.to_bytes(&between, data).unwrap();
    packet(Protocol::UDP, &[&header, data].concat())
}

fn kinds(dissection: &Dissection<'_>) -> Vec<Kind> {
    dissection.layers().iter().map(|layer| layer.kind).collect()
}

/// Each field as `id value`.
fn told(dissection: &Dissection<'_>) -> Vec<String> {
    let line = |field: lesson_osi_layers::field::Field<'_>| {
        format!("{} {}", field.id(), field.value())
    };
    dissection.fields().map(line).collect()
}

const FIELDS_OF_A_SYN: [&str; 26] = [
    "ethernet.destination 02:00:00:00:00:02",
    "ethernet.source 02:00:00:00:00:01",
    "ethernet.type IPv4 (0x0800)",
    "ipv4.version_ihl version 4, 20-byte header",
    "ipv4.dscp_ecn DSCP 0, ECN 0",
    "ipv4.total_length 60 bytes",
    "ipv4.identification 0x0000",
    "ipv4.flags_offset don't fragment, offset 0",
    "ipv4.ttl 64",
    "ipv4.protocol TCP (6)",
    "ipv4.checksum 0x26ba, right",
    "ipv4.source 10.0.0.1",
    "ipv4.destination 10.0.0.2",
    "tcp.source_port 40000",
    "tcp.destination_port 80",
    "tcp.sequence 1000",
    "tcp.acknowledgment 0",
    "tcp.offset_flags 40-byte header, SYN",
    "tcp.window 64240",
    "tcp.checksum 0x988d, right",
    "tcp.urgent_pointer 0",
    "tcp.option.mss MSS 1460",
    "tcp.option.sack_permitted SACK permitted",
    "tcp.option.timestamps timestamp 7, echo 0",
    "tcp.option.nop no operation",
    "tcp.option.window_scale window scale 7",
];

#[test]
fn every_field_of_a_syn_is_named() {
    let options = [
        Opt::MaximumSegmentSize(1460),
        Opt::SackPermitted,
        Opt::Timestamps { value: 7, echo: 0 },
        Opt::NoOperation,
        Opt::WindowScale(7),
    ];
    let bytes = segment(&options, Flags::SYN, b"");

    let dissection = dissect(&bytes);

    assert_eq!(told(&dissection), FIELDS_OF_A_SYN);
}

#[test]
fn every_byte_of_a_request_is_named() {
    let request = b"GET /hello HTTP/1.1\r\nHost: bob\r\n\r\nbody";
    let bytes = segment(&[], Flags::PSH | Flags::ACK, request);

    let dissection = dissect(&bytes);

    let http = kinds(&dissection).len() - 1;
    let fields: Vec<_> = dissection
        .fields_of(http)
        .map(|field| format!("{} {}", field.id(), field.value()))
        .collect();
    assert_eq!(
        fields,
        [
            "http.method GET",
            "http.space 1 byte",
            "http.target /hello",
            "http.space 1 byte",
            "http.version HTTP/1.1",
            r"http.end_of_line \r\n",
            "http.header Host: bob",
            r"http.end_of_line \r\n",
            r"http.blank \r\n",
            "http.body 4 bytes, \"body\"",
        ]
    );
}

#[test]
fn every_byte_of_a_response_is_named() {
    let response = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let bytes = segment(&[], Flags::PSH | Flags::ACK, response);

    let dissection = dissect(&bytes);

    let http = kinds(&dissection).len() - 1;
    let fields: Vec<_> = dissection
        .fields_of(http)
        .map(|field| format!("{} {}", field.id(), field.value()))
        .collect();
    assert_eq!(
        fields,
        [
            "http.version HTTP/1.1",
            "http.space 1 byte",
            "http.status 404",
            "http.space 1 byte",
            "http.reason Not Found",
            r"http.end_of_line \r\n",
            "http.header Content-Length: 0",
            r"http.end_of_line \r\n",
            r"http.blank \r\n",
        ]
    );
}

#[test]
fn padding_is_told_apart_from_data() {
    let mut bytes = datagram(b"hi");
    bytes.resize(60, 0);

    let dissection = dissect(&bytes);

    let layers: Vec<_> = dissection
        .layers()
        .iter()
        .map(|layer| (layer.kind, layer.range()))
        .collect();
    assert_eq!(
        layers,
        [
            (Kind::Ethernet, 0..14),
            (Kind::Ipv4, 14..34),
            (Kind::Udp, 34..42),
            (Kind::Data, 42..44),
            (Kind::Padding, 44..60),
        ]
    );
    assert_eq!(dissection.checksum(2), Some(Verdict::Right));
}

#[test]
fn a_header_is_shown_though_its_length_lies() {
    let mut bytes = datagram(b"hello");
    bytes[17] += 100; // total length

    let dissection = dissect(&bytes);

    assert_eq!(kinds(&dissection), [Kind::Ethernet, Kind::Ipv4, Kind::Unread]);
    assert_eq!(
        dissection.error(),
        Some(Error::TooLarge {
            layer: Kind::Ipv4,
            field: "total length",
            says: 133,
            there: 33,
        })
    );
    assert_eq!(
        dissection.error().unwrap().to_string(),
        "IPv4: total length says 133 bytes, 33 there"
    );
}

#[test]
fn a_flipped_bit_is_seen_in_the_checksum() {
    let mut bytes = datagram(b"hello");
    *bytes.last_mut().unwrap() ^= 1;

    let dissection = dissect(&bytes);

    assert!(matches!(dissection.checksum(2), Some(Verdict::Wrong { .. })));
    assert_eq!(dissection.checksum(1), Some(Verdict::Right));
    assert_eq!(dissection.checksum(0), None);
}

#[test]
fn dissecting_takes_no_memory() {
    let mut random = Random::new(0x5eed);
    let mut frames: Vec<_> = (0..1_000).map(|_| random.frame()).collect();
    frames.iter_mut().step_by(2).for_each(|frame| random.mutate(frame));
    let whole = frames.iter().map(Vec::len).sum::<usize>();

    let (covered, held) = memory::most_held(|| {
        let covered = frames.iter().map(|frame| {
            let dissection = dissect(frame);
            dissection.fields().map(|field| field.bytes().len()).sum::<usize>()
        });
        covered.sum::<usize>()
    });

    assert_eq!(covered, whole);
    assert_eq!(held, 0);
}
