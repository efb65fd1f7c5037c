//! Rejected by: any_random_numbers_give_the_same_lines, numbers_begin_again_behind_the_greatest
//!
//! The numbers are subtracted as if they could only grow. Behind ffffffff
//! comes 0.

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The one that opened the connection.
    Client,
    /// The other one.
    Server,
}

/// What one segment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Who sent it.
    pub from: Who,
    /// The relative number of its first byte, or of its SYN.
    pub sequence: u32,
    /// The relative number of the byte that it asks for next.
    pub acknowledgment: Option<u32>,
    /// How many bytes of data it carries.
    pub length: u32,
    /// The relative number behind everything in it.
    pub next: u32,
}

/// Reads the segments in these frames, in their order.
pub fn read(frames: &[Vec<u8>]) -> Vec<Line> {
    let segments: Vec<_> =
        frames.iter().filter_map(|frame| Segment::in_frame(frame)).collect();
    let opens = |s: &&Segment| s.has(SYN) && !s.has(ACK);
    let Some(opening) = segments.iter().find(opens) else {
        return Vec::new();
    };
    let client = opening.source;
    let agrees = |s: &&Segment| s.has(SYN) && s.source != client;
    let answer = segments.iter().find(agrees);
    let client_start = opening.sequence;
    let server_start = answer.map_or(0, |segment| segment.sequence);
    let line = |segment: &Segment| match segment.source == client {
        true => segment.line(Who::Client, client_start, server_start),
        false => segment.line(Who::Server, server_start, client_start),
    };
    segments.iter().map(line).collect()
}

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

/// What the headers say.
struct Segment {
    /// The address and the port of the sender, as they stand there.
    source: ([u8; 4], [u8; 2]),
    sequence: u32,
    acknowledgment: u32,
    flags: u8,
    length: u32,
}

impl Segment {
    /// The segment in a frame, if there is one.
    fn in_frame(frame: &[u8]) -> Option<Segment> {
        let packet = frame.get(14..).filter(|_| frame[12..14] == [8, 0])?;
        if packet[9] != 6 {
            return None;
        }
        let ip_header = usize::from(packet[0] & 0x0f) * 4;
        let total = usize::from(u16::from_be_bytes(array(packet, 2)));
        // What lies behind the total length is Ethernet's padding.
        let segment = &packet[ip_header..total];
        let tcp_header = usize::from(segment[12] >> 4) * 4;
        Some(Segment {
            source: (array(packet, 12), array(segment, 0)),
            sequence: u32::from_be_bytes(array(segment, 4)),
            acknowledgment: u32::from_be_bytes(array(segment, 8)),
            flags: segment[13],
            length: (segment.len() - tcp_header) as u32,
        })
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The segment in relative numbers: own ones, and the other end's.
    fn line(&self, from: Who, own: u32, other: u32) -> Line {
        let sequence = self.sequence - own;
        let acknowledgment = (self.acknowledgment.max(other) - other);
        // RFC 9293, section 3.4: the length of a segment is the number of
        // bytes of its data, "counting SYN and FIN".
        let taken =
            self.length + u32::from(self.has(SYN)) + u32::from(self.has(FIN));
        Line {
            from,
            sequence,
            acknowledgment: self.has(ACK).then_some(acknowledgment),
            length: self.length,
            next: sequence.wrapping_add(taken),
        }
    }
}

/// Some bytes at a place, which must be there.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    std::array::from_fn(|index| bytes[at + index])
}
