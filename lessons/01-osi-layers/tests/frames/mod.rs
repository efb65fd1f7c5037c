//! Frames to try the library on: the same ones in every run, as a seed says.
//!
//! Those from [`Random::frame`] are well formed, with every checksum right;
//! [`Random::mutate`] breaks them.

// Each test that includes this module uses another part of it.
#![allow(dead_code)]

use std::net::{Ipv4Addr, Ipv6Addr};

use lesson_osi_layers::arp::{self, Operation};
use lesson_osi_layers::checksum::{self, PseudoHeader};
use lesson_osi_layers::ethernet::{self, EtherType, Mac};
use lesson_osi_layers::ipv4::{self, Protocol};
use lesson_osi_layers::tcp::{self, Flags, Opt, SackBlocks};
use lesson_osi_layers::{icmp, ipv6, udp};
use support::random;

/// What numbers decide that are the same in every run.
pub struct Random(random::Random);

/// The addresses of a packet.
#[derive(Clone, Copy)]
enum Between {
    V4(Ipv4Addr, Ipv4Addr),
    V6(Ipv6Addr, Ipv6Addr),
}

impl Between {
    fn pseudo_header(self, protocol: Protocol, length: usize) -> PseudoHeader {
        let short = u16::try_from(length).unwrap();
        match self {
            Between::V4(from, to) => {
                PseudoHeader::v4(from, to, protocol, short)
            }
            Between::V6(from, to) => {
                PseudoHeader::v6(from, to, protocol, short.into())
            }
        }
    }
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(random::Random(seed))
    }

    pub fn number(&mut self) -> u64 {
        self.0.number()
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub fn short(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    fn long(&mut self) -> u32 {
        u32::from_be_bytes(self.array())
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = (self.number() >> 24).to_be_bytes()[7];
        }
        bytes
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }

    /// Data for a packet.
    fn data(&mut self) -> Vec<u8> {
        let length = match self.below(4) {
            0 => 0,
            1 => 1 + self.below(4),
            2 => self.below(60),
            _ => self.below(600),
        };
        self.bytes(length)
    }

    fn mac(&mut self) -> Mac {
        let [_, b, c, d, e, f] = self.array();
        Mac([2, b, c, d, e, f])
    }

    fn v4(&mut self) -> Ipv4Addr {
        let [_, b, c, d] = self.array();
        Ipv4Addr::new(10, b, c, d)
    }

    fn v6(&mut self) -> Ipv6Addr {
        let mut bytes = self.array::<16>();
        bytes[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
        Ipv6Addr::from(bytes)
    }

    /// A whole frame, well formed.
    pub fn frame(&mut self) -> Vec<u8> {
        let (ether_type, payload) = match self.below(20) {
            0 => (EtherType(0x88b5), self.data()),
            1 | 2 => (EtherType::ARP, self.arp()),
            3..12 => (EtherType::IPV4, self.ipv4()),
            _ => (EtherType::IPV6, self.ipv6()),
        };
        let (destination, source) = (self.mac(), self.mac());
        let header = ethernet::Header { destination, source, ether_type };
        let mut frame = [&header.to_bytes(), &payload[..]].concat();
        if self.once_in(2) {
            // As Ethernet pads short frames.
            frame.resize(frame.len().max(60), 0);
        }
        frame
    }

    fn arp(&mut self) -> Vec<u8> {
        let header = arp::Header {
            operation: Operation(1 + u16::from(self.once_in(2))),
            sender: self.mac(),
            sender_address: self.v4(),
            target: self.mac(),
            target_address: self.v4(),
        };
        header.to_bytes().to_vec()
    }

    fn ipv4(&mut self) -> Vec<u8> {
        let (from, to) = (self.v4(), self.v4());
        let piece = self.once_in(8);
        let (protocol, payload) = self.upper(Between::V4(from, to));
        let header = ipv4::Header {
            identification: self.short(),
            dont_fragment: self.once_in(2),
            more_fragments: piece,
            fragment_offset: if piece { self.short() & 0xfff } else { 0 },
            time_to_live: 1 + self.byte() / 2,
            ..ipv4::Header::new(protocol, from, to)
        };
        let options = self.ipv4_options();
        let behind = options.len() + payload.len();
        let mut bytes = header.to_bytes(behind).unwrap().to_vec();
        bytes.extend(&options);
        bytes[0] += u8::try_from(options.len() / 4).unwrap();
        bytes[1] = self.byte();
        bytes[10..12].fill(0);
        let checksum = checksum::of(&bytes);
        bytes[10..12].copy_from_slice(&checksum.to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    fn ipv4_options(&mut self) -> Vec<u8> {
        let mut options = Vec::new();
        if !self.once_in(3) {
            return options;
        }
        for _ in 0..1 + self.below(3) {
            match self.below(4) {
                0 => options.push(1),
                // Router alert: RFC 2113.
                1 => options.extend([148, 4, 0, 0]),
                // Record route with room for two addresses: RFC 791.
                2 => {
                    options.extend([7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
                }
                // One of the numbers for experiments: RFC 4727.
                _ => {
                    let data = self.below(6);
                    options.extend([94, u8::try_from(data + 2).unwrap()]);
                    options.extend(self.bytes(data));
                }
            }
        }
        options.resize(options.len().next_multiple_of(4), 0);
        options.truncate(40);
        options
    }

    fn ipv6(&mut self) -> Vec<u8> {
        let (from, to) = (self.v6(), self.v6());
        let (protocol, payload) = self.upper(Between::V6(from, to));
        let (first, chain) = self.extensions(protocol);
        let header = ipv6::Header {
            traffic_class: self.byte(),
            flow_label: self.long() >> 12,
            hop_limit: 1 + self.byte() / 2,
            ..ipv6::Header::new(first, from, to)
        };
        let behind = chain.len() + payload.len();
        let header = header.to_bytes(behind).unwrap();
        [&header[..], &chain, &payload].concat()
    }

    /// Extension headers before `last`, and the number of the first.
    fn extensions(&mut self, last: Protocol) -> (Protocol, Vec<u8>) {
        // In the order that RFC 8200, section 4.1 recommends.
        let order = [
            Protocol::HOP_BY_HOP,
            Protocol::DESTINATION_OPTIONS,
            Protocol::ROUTING,
            Protocol::FRAGMENT,
            Protocol::DESTINATION_OPTIONS,
        ];
        let rarely = if self.once_in(2) { 3 } else { 1_000_000 };
        let mut chosen: Vec<_> =
            order.into_iter().filter(|_| self.once_in(rarely)).collect();
        let first = chosen.first().copied().unwrap_or(last);
        chosen.push(last);
        let mut chain = Vec::new();
        for pair in chosen.windows(2) {
            chain.extend(self.extension(pair[0], pair[1].0));
        }
        (first, chain)
    }

    fn extension(&mut self, which: Protocol, next: u8) -> Vec<u8> {
        match which {
            Protocol::FRAGMENT => {
                // Whole, or a piece.
                let offset = match self.below(3) {
                    0 => 0,
                    1 => 1,
                    _ => self.short() & 0x7ff8 | 1,
                };
                let mut bytes = vec![next, 0];
                bytes.extend(offset.to_be_bytes());
                bytes.extend(self.array::<4>());
                bytes
            }
            Protocol::ROUTING => {
                // For experiments, no segments left: RFC 4727.
                let mut bytes = vec![next, 2, 253, 0];
                bytes.extend(self.bytes(20));
                bytes
            }
            _ => self.options_header(next),
        }
    }

    fn options_header(&mut self, next: u8) -> Vec<u8> {
        let mut bytes = vec![next, 0];
        for _ in 0..self.below(3) {
            // For experiments, to be skipped if unknown: RFC 4727.
            let data = self.below(12);
            bytes.extend([0x1e, u8::try_from(data).unwrap()]);
            bytes.extend(self.bytes(data));
        }
        // Pad1 or PadN up to eight bytes: RFC 8200, section 4.2.
        match bytes.len().next_multiple_of(8) - bytes.len() {
            0 => {}
            1 => bytes.push(0),
            padding => {
                let data = padding - 2;
                bytes.extend([1, u8::try_from(data).unwrap()]);
                bytes.resize(bytes.len() + data, 0);
            }
        }
        bytes[1] = u8::try_from(bytes.len() / 8 - 1).unwrap();
        bytes
    }

    fn upper(&mut self, between: Between) -> (Protocol, Vec<u8>) {
        match (self.below(8), between) {
            // For experiments: RFC 3692.
            (0, _) => (Protocol(253), [b"?", &self.data()[..]].concat()),
            (1 | 2, Between::V4(..)) => (Protocol::ICMP, self.icmp()),
            (1 | 2, Between::V6(..)) => {
                (Protocol::ICMPV6, self.icmpv6(between))
            }
            (3..5, _) => (Protocol::UDP, self.datagram(between)),
            _ => (Protocol::TCP, self.segment(between)),
        }
    }

    fn icmp(&mut self) -> Vec<u8> {
        let kinds = [0, 3, 3, 5, 8, 8, 11, 12];
        let kind = kinds[self.below(kinds.len())];
        let code = if kind == 3 { 4 } else { 0 };
        // Unused bytes are zero: RFC 4884 gives some of them a meaning.
        let [a, b, c, d] = self.array();
        let rest = match kind {
            0 | 5 | 8 => [a, b, c, d],
            12 => [a, 0, 0, 0],
            3 => [0, 0, c, d],
            _ => [0; 4],
        };
        let header = icmp::Header { kind, code, rest };
        let data = match kind {
            icmp::kind::ECHO_REPLY | icmp::kind::ECHO_REQUEST => self.data(),
            // The packet that caused the error.
            _ => self.ipv4(),
        };
        [&header.to_bytes(&data), &data[..]].concat()
    }

    fn icmpv6(&mut self, between: Between) -> Vec<u8> {
        let kinds = [1, 2, 3, 4, 128, 129, 135, 136];
        let kind = kinds[self.below(kinds.len())];
        let rest = match kind {
            1 | 3 | 135 => [0; 4],
            136 => [self.byte() & 0xe0, 0, 0, 0],
            _ => self.array(),
        };
        let header = icmp::Header { kind, code: 0, rest };
        let data = match kind {
            128 | 129 => self.data(),
            135 | 136 => {
                let mac = self.mac().0;
                [&self.v6().octets()[..], &[kind - 134, 1], &mac].concat()
            }
            _ => self.ipv6(),
        };
        let length = icmp::HEADER + data.len();
        let pseudo = between.pseudo_header(Protocol::ICMPV6, length);
        [&header.to_bytes_v6(&pseudo, &data), &data[..]].concat()
    }

    fn port(&mut self) -> u16 {
        50_000 + self.short() % 10_000
    }

    fn datagram(&mut self, between: Between) -> Vec<u8> {
        let data = self.data();
        let (source_port, destination_port) = (self.port(), self.port());
        let header = udp::Header { source_port, destination_port };
        let length = udp::HEADER + data.len();
        let pseudo = between.pseudo_header(Protocol::UDP, length);
        let mut header = header.to_bytes(&pseudo, &data).unwrap();
        if matches!(between, Between::V4(..)) && self.once_in(5) {
            header[6..].fill(0); // no checksum: RFC 768
        }
        [&header, &data[..]].concat()
    }

    fn segment(&mut self, between: Between) -> Vec<u8> {
        let (data, unknown) = (self.data(), self.bytes(4));
        let blocks = 1 + self.below(3);
        let blocks = self.bytes(8 * blocks);
        let options = self.tcp_options(&unknown, &blocks);
        let header = tcp::Header {
            source_port: self.port(),
            destination_port: self.port(),
            sequence_number: self.long(),
            acknowledgment_number: self.long(),
            flags: Flags(self.byte()),
            window: self.short(),
            urgent_pointer: self.short(),
            options: &options,
        };
        let length = header.length() + data.len();
        let pseudo = between.pseudo_header(Protocol::TCP, length);
        let header = header.to_bytes(&pseudo, &data).unwrap();
        [&header[..], &data].concat()
    }

    /// Options that together fit a header.
    fn tcp_options<'a>(
        &mut self,
        unknown: &'a [u8],
        blocks: &'a [u8],
    ) -> Vec<Opt<'a>> {
        let (mut options, mut length) = (Vec::new(), 0);
        for _ in 0..self.below(6) {
            let (option, size) = match self.below(7) {
                0 => (Opt::NoOperation, 1),
                1 => (Opt::MaximumSegmentSize(self.short()), 4),
                2 => (Opt::WindowScale(self.byte() % 15), 3),
                3 => (Opt::SackPermitted, 2),
                4 => {
                    let (value, echo) = (self.long(), self.long());
                    (Opt::Timestamps { value, echo }, 10)
                }
                5 => {
                    let blocks = SackBlocks::from_bytes(blocks);
                    (Opt::Sack(blocks), 2 + 8 * blocks.count())
                }
                // For experiments: RFC 4727.
                _ => (Opt::Unknown { kind: 253, data: unknown }, 6),
            };
            if length + size <= tcp::MOST_OPTIONS {
                options.push(option);
                length += size;
            }
        }
        options
    }

    /// Breaks a frame in one to three places.
    pub fn mutate(&mut self, frame: &mut Vec<u8>) {
        for _ in 0..1 + self.below(3) {
            if frame.is_empty() {
                return;
            }
            // Headers, where it hurts, more often than data.
            let reach = if self.once_in(4) { 1_500 } else { 80 };
            let at = self.below(frame.len().min(reach));
            match self.below(6) {
                0 => frame.truncate(at),
                1 => frame[at] ^= 1 << self.below(8),
                2 => frame[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                3 => frame[at] = frame[at].wrapping_add(1),
                4 => frame.extend(self.bytes(4)),
                _ => frame[at] = self.byte(),
            }
        }
    }
}
