//! Rejected by: a_short_packet_is_padded_to_46_bytes, every_frame_is_padded_by_itself, headers_may_leave_no_room, longer_headers_leave_less_room
//!
//! The data alone is padded to 46 bytes. The headers inside the packet count.

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
    let on_wire = |data: u64| PER_FRAME + headers + data.max(LEAST);
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
    let product = u128::from(line_rate) * u128::from(payload);
    let share = product.checked_div(u128::from(wire_bytes)).unwrap_or(0);
    // More payload than wire bytes is no bill of ours.
    u64::try_from(share).unwrap_or(u64::MAX)
}
