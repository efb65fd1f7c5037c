//! Pins a recording: what kernels pick at random is replaced by small fixed
//! numbers, so that two recordings of the same exchange are the same.
//!
//! Three things are replaced, and nothing else:
//!
//! - TCP's sequence numbers: the first host that is seen to send on a
//!   connection begins to count at 1000, the other at 2000.
//! - TCP's acknowledgments, in the header and in SACK options, by as much.
//! - IPv4's identifications: each host's packets are numbered from 1. Zero
//!   stays, and fragments of one packet keep one number.
//!
//! The checksums are mended as routers do it, without adding up the rest: so
//! a wrong checksum stays wrong (RFC 1624, section 3). What an ICMP message
//! quotes of another packet stays as it was, and so does IPv6.
//!
//! Start reading at [`Pin::frame`].

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddrV4};

use crate::frame::{Dissection, Kind, dissect};
use crate::{ipv4, tcp};

/// Where the first host of a connection begins to count its bytes; the
/// second begins at twice that.
pub const FIRST: u32 = 1000;

/// The sender's end and the receiver's.
type Flow = (SocketAddrV4, SocketAddrV4);

/// The numbers replaced so far: frames of one recording go through one of
/// these, in their order.
#[derive(Debug, Default)]
pub struct Pin {
    /// What to add to the sequence numbers of a flow, modulo 2^32.
    shifts: HashMap<Flow, u32>,
    /// The new identification of a host's packet.
    numbers: HashMap<(Ipv4Addr, u16), u16>,
    /// How many packets of a host have been numbered.
    counts: HashMap<Ipv4Addr, u16>,
}

/// Bytes to write into a frame, and the checksum that covers them.
struct Change {
    at: usize,
    bytes: Vec<u8>,
    checksum: usize,
}

impl Pin {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pins one frame. A frame without IPv4 stays as it is.
    pub fn frame(&mut self, frame: &mut [u8]) {
        let dissection = dissect(frame);
        for change in self.changes(&dissection) {
            change.make(frame);
        }
    }

    fn changes(&mut self, frame: &Dissection<'_>) -> Vec<Change> {
        let Some(layer) = frame.layer(Kind::Ipv4) else { return Vec::new() };
        let bytes = &frame.bytes()[layer.start..];
        let Ok(packet) = ipv4::Packet::parse(bytes) else { return Vec::new() };
        let number = self.number(packet.source(), packet.identification());
        let mut changes = vec![Change {
            at: layer.start + 4,
            bytes: number.to_be_bytes().into(),
            checksum: layer.start + 10,
        }];
        // Fragments carry pieces of TCP, not its header.
        let layer = frame.layer(Kind::Tcp);
        if let Some(start) = layer.map(|layer| layer.start)
            && let Ok(segment) = tcp::Segment::parse(packet.payload())
        {
            changes.extend(self.segment(frame, start, &packet, &segment));
        }
        changes
    }

    /// The new identification of a packet. RFC 6864, section 4: only that of
    /// fragments means anything.
    fn number(&mut self, source: Ipv4Addr, old: u16) -> u16 {
        if old == 0 {
            return 0;
        }
        *self.numbers.entry((source, old)).or_insert_with(|| {
            let count = self.counts.entry(source).or_default();
            *count = count.wrapping_add(1);
            *count
        })
    }

    fn segment(
        &mut self,
        frame: &Dissection<'_>,
        start: usize,
        packet: &ipv4::Packet<'_>,
        segment: &tcp::Segment<'_>,
    ) -> Vec<Change> {
        let from = SocketAddrV4::new(packet.source(), segment.source_port());
        let to =
            SocketAddrV4::new(packet.destination(), segment.destination_port());
        let sequence = segment.sequence_number();
        let shift = self.shift((from, to), sequence);
        let change = |at, number: u32| Change {
            at,
            bytes: number.to_be_bytes().into(),
            checksum: start + 16,
        };
        let mut changes = vec![change(start + 4, sequence.wrapping_add(shift))];
        if !segment.flags().has(tcp::Flags::ACK) {
            return changes;
        }
        // What is acknowledged are the other side's numbers. The first of
        // those was one less: the SYN.
        let acknowledged = segment.acknowledgment_number();
        let shift = self.shift((to, from), acknowledged.wrapping_sub(1));
        changes.push(change(start + 8, acknowledged.wrapping_add(shift)));
        for field in frame.fields().filter(|f| f.id() == "tcp.option.sack") {
            // Behind kind and length: edges of four bytes each.
            let edges = (field.range().start + 2..).step_by(4);
            for (at, edge) in edges.zip(field.bytes()[2..].chunks_exact(4)) {
                let edge = edge.iter().fold(0, |n, b| n << 8 | u32::from(*b));
                changes.push(change(at, edge.wrapping_add(shift)));
            }
        }
        changes
    }

    /// What to add to this flow's numbers, of which `first` is the first.
    fn shift(&mut self, flow: Flow, first: u32) -> u32 {
        let (from, to) = flow;
        let begin = match self.shifts.contains_key(&(to, from)) {
            true => 2 * FIRST,
            false => FIRST,
        };
        *self.shifts.entry(flow).or_insert_with(|| begin.wrapping_sub(first))
    }
}

impl Change {
    /// Writes the bytes and mends the checksum.
    fn make(self, frame: &mut [u8]) {
        let Change { at, bytes, checksum } = self;
        for (at, new) in (at..).zip(bytes) {
            // The high byte or the low one of a 16-bit word. Headers begin
            // at even places in a frame.
            let word =
                |byte| u16::from(byte) << if at % 2 == 0 { 8 } else { 0 };
            let [high, low] = [frame[checksum], frame[checksum + 1]];
            let mended = mend(
                u16::from_be_bytes([high, low]),
                word(frame[at]),
                word(new),
            );
            frame[at] = new;
            frame[checksum..checksum + 2]
                .copy_from_slice(&mended.to_be_bytes());
        }
    }
}

// ANCHOR: mend
/// The checksum after a word of what it covers has changed from `old` to
/// `new`. RFC 1624, section 3: HC' = ~(~HC + ~m + m').
fn mend(checksum: u16, old: u16, new: u16) -> u16 {
    let sum = u32::from(!checksum) + u32::from(!old) + u32::from(new);
    let sum = (sum & 0xffff) + (sum >> 16);
    let sum = (sum & 0xffff) + (sum >> 16);
    !(sum as u16)
}
// ANCHOR_END: mend

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::{PseudoHeader, Verdict};
    use crate::ethernet::{self, EtherType, Mac};
    use crate::ipv4::Protocol;
    use crate::tcp::{Flags, Header};

    const ALICE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    fn frame(ip: ipv4::Header, payload: &[u8]) -> Vec<u8> {
        let ethernet = ethernet::Header {
            destination: Mac([2, 0, 0, 0, 0, 2]),
            source: Mac([2, 0, 0, 0, 0, 1]),
            ether_type: EtherType::IPV4,
        };
        let ip = ip.to_bytes(payload.len()).unwrap();
        [&ethernet.to_bytes()[..], &ip, payload].concat()
    }

    fn segment(
        (from, source_port): (Ipv4Addr, u16),
        (to, destination_port): (Ipv4Addr, u16),
        identification: u16,
        (sequence_number, acknowledgment_number): (u32, u32),
        (flags, options): (Flags, &[tcp::Opt<'_>]),
    ) -> Vec<u8> {
        let header = Header {
            source_port,
            destination_port,
            sequence_number,
            acknowledgment_number,
            flags,
            window: 64240,
            urgent_pointer: 0,
            options,
        };
        let length = header.length() as u16 + 2;
        let between = PseudoHeader::v4(from, to, Protocol::TCP, length);
        let mut bytes = header.to_bytes(&between, b"hi").unwrap();
        bytes.extend(b"hi");
        let ip = ipv4::Header {
            identification,
            ..ipv4::Header::new(Protocol::TCP, from, to)
        };
        frame(ip, &bytes)
    }

    const CLIENT: (Ipv4Addr, u16) = (ALICE, 51000);
    const SERVER: (Ipv4Addr, u16) = (BOB, 8080);

    /// A handshake and an answer, as two kernels might have numbered them.
    fn exchange(alice: u32, bob: u32, number: u16) -> Vec<Vec<u8>> {
        let (a, b) = (alice.wrapping_add(1), bob.wrapping_add(1));
        let syn = Flags::SYN;
        let ack = Flags::ACK;
        vec![
            segment(CLIENT, SERVER, number, (alice, 0), (syn, &[])),
            segment(SERVER, CLIENT, 0, (bob, a), (syn.with(ack), &[])),
            segment(CLIENT, SERVER, number + 1, (a, b), (ack, &[])),
            segment(
                SERVER,
                CLIENT,
                number + 7,
                (b, a.wrapping_add(2)),
                (ack, &[]),
            ),
        ]
    }

    fn pinned(mut frames: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut pin = Pin::new();
        frames.iter_mut().for_each(|frame| pin.frame(frame));
        frames
    }

    fn numbers(frame: &[u8]) -> (u16, u32, u32) {
        let packet = ipv4::Packet::parse(&frame[14..]).unwrap();
        let segment = tcp::Segment::parse(packet.payload()).unwrap();
        (
            packet.identification(),
            segment.sequence_number(),
            segment.acknowledgment_number(),
        )
    }

    fn checksums(frame: &[u8]) -> [Option<Verdict>; 2] {
        let dissection = dissect(frame);
        [dissection.checksum(1), dissection.checksum(2)]
    }

    #[test]
    fn two_recordings_of_one_exchange_become_the_same() {
        let here = pinned(exchange(0x1234_5678, 99, 500));
        let there = pinned(exchange(u32::MAX, u32::MAX - 1, 40_000));

        assert_eq!(here, there);
    }

    #[test]
    fn counting_begins_at_1000_and_2000_and_packets_at_1() {
        let frames = pinned(exchange(0xdead_beef, 7, 333));

        let numbers: Vec<_> = frames.iter().map(|f| numbers(f)).collect();
        assert_eq!(
            numbers,
            [(1, 1000, 0), (0, 2000, 1001), (2, 1001, 2001), (1, 2001, 1003)]
        );
    }

    #[test]
    fn the_checksums_are_right_afterwards() {
        for frame in pinned(exchange(0xffff_fffe, 0x8000_0000, 0xffe0)) {
            assert_eq!(checksums(&frame), [Some(Verdict::Right); 2]);
        }
    }

    #[test]
    fn a_wrong_checksum_stays_wrong() {
        let mut frames = exchange(5, 6, 7);
        frames[0][14 + 10] ^= 1;
        frames[0][14 + 20 + 16] ^= 1;

        for verdict in checksums(&pinned(frames)[0]) {
            assert!(matches!(verdict, Some(Verdict::Wrong { .. })));
        }
    }

    #[test]
    fn sack_blocks_move_with_the_numbers_that_they_name() {
        let mut all = exchange(10, 20, 30);
        let block = [[13_u32.to_be_bytes(), 15_u32.to_be_bytes()].concat()];
        let written = [&[5, 10][..], &block[0]].concat();
        let mut ack = segment(SERVER, CLIENT, 44, (21, 11), (Flags::ACK, &[]));
        // The option, written by hand behind a header of 20 bytes.
        let at = 14 + 20 + 20;
        ack.splice(at..at, [&[1, 1][..], &written].concat());
        ack[14 + 20 + 12] = 8 << 4;
        ack[14 + 3] += 12;
        all.push(ack);

        let frames = pinned(all);

        let packet = ipv4::Packet::parse(&frames[4][14..]).unwrap();
        let segment = tcp::Segment::parse(packet.payload()).unwrap();
        let Some(Ok(tcp::Opt::Sack(blocks))) = segment.options().nth(2) else {
            panic!("no SACK in {segment:?}");
        };
        assert_eq!(blocks.collect::<Vec<_>>(), [(1003, 1005)]);
    }

    #[test]
    fn fragments_of_one_packet_keep_one_number() {
        let fragment = |identification, offset| {
            let ip = ipv4::Header {
                identification,
                fragment_offset: offset,
                more_fragments: true,
                ..ipv4::Header::new(Protocol::TCP, ALICE, BOB)
            };
            frame(ip, &[0x5a; 24])
        };
        let frames = vec![fragment(9, 0), fragment(9, 3), fragment(10, 0)];

        let pinned = pinned(frames.clone());

        let number = |frame: &Vec<u8>| {
            ipv4::Packet::parse(&frame[14..]).unwrap().identification()
        };
        let numbers: Vec<_> = pinned.iter().map(number).collect();
        assert_eq!(numbers, [1, 1, 2]);
        for (before, after) in frames.iter().zip(&pinned) {
            assert_eq!(before[34..], after[34..], "the data is untouched");
        }
    }

    #[test]
    fn what_is_no_ipv4_or_cut_short_is_left_alone() {
        let whole = exchange(1, 2, 3).remove(0);
        for length in 0..whole.len() {
            let mut cut = whole[..length].to_vec();
            Pin::new().frame(&mut cut);
            if length < 14 + 20 {
                assert_eq!(cut, whole[..length]);
            }
        }
    }
}
