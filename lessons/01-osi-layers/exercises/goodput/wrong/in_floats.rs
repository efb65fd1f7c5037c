//! Rejected by: goodput_is_rounded_down, great_numbers_do_not_overflow
//!
//! The share is computed in floating point. An f64 has 53 bits, and a share
//! of 2/3 is none of its numbers.

/// The way from one host to the next. All sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// The most that a frame carries: 1500 on Ethernet.
    pub mtu: u64,
    /// 20 for IPv4 without options, 40 for IPv6.
    pub ip_header: u64,
    /// 8 for UDP; 20 for TCP, 32 with timestamps.
    pub transport_header: u64,
}

/// What a payload costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill {
    /// Frames that are sent.
    pub frames: u64,
    /// Bytes that they take on the wire, everything counted.
    pub wire_bytes: u64,
}

/// What Ethernet adds to a frame: preamble, header, FCS and gap.
const PER_FRAME: u64 = 8 + 14 + 4 + 12;

/// The least that an Ethernet frame carries.
const LEAST: u64 = 46;

/// What it costs to send `payload` bytes. There are at most 10^15.
pub fn bill(path: Path, payload: u64) -> Option<Bill> {
    let headers = path.ip_header + path.transport_header;
    let room = path.mtu.checked_sub(headers).filter(|room| *room > 0)?;
    let on_wire = |data: u64| PER_FRAME + (headers + data).max(LEAST);
    let (full, rest) = (payload / room, payload % room);
    let mut bill = Bill { frames: full, wire_bytes: full * on_wire(room) };
    if rest > 0 {
        bill.frames += 1;
        bill.wire_bytes += on_wire(rest);
    }
    Some(bill)
}

/// Bits of payload per second on a link of `line_rate` bits per second.
pub fn goodput(payload: u64, wire_bytes: u64, line_rate: u64) -> u64 {
    if wire_bytes == 0 {
        return 0;
    }
    (line_rate as f64 * (payload as f64 / wire_bytes as f64)).round() as u64
}
