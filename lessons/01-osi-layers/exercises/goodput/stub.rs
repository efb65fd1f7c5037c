//! Count what headers cost.
//!
//! A link of 1 Gbit/s never carries 1 Gbit/s of your data: every frame brings
//! headers, a checksum and a gap. Work out how many bytes a payload becomes
//! on Ethernet, and how many bits of it arrive in a second.
//!
//! ```text
//!   8       14         46 … MTU bytes                              4    12
//!  +----------+--------+-------------------------------------+-----+-----+
//!  | preamble | header | IP header, TCP or UDP header, data  | FCS | gap |
//!  +----------+--------+-------------------------------------+-----+-----+
//!                      |<-- the packet, padded to 46 at least -->|
//! ```
//!
//! - The MTU is the most that a frame carries: IP header, TCP or UDP header
//!   and data, and nothing of Ethernet's own.
//! - Ethernet adds 38 bytes to each frame: preamble 8 (its last byte starts
//!   the frame), header 14, frame check sequence 4, and a gap of 12 before the
//!   next one. A packet of fewer than 46 bytes is padded to 46 (IEEE 802.3).
//! - The payload goes out in as few packets as can be, all of them full but
//!   the last. No payload, no packet.
//! - Where the headers leave no room for data, `bill` answers `None`.
//!
//! `goodput` is the payload's share of the link: as the wire bytes take the
//! whole `line_rate`, the payload takes so many bits per second. It is rounded
//! down, exact for all that fits `u64`, and 0 where nothing was sent.
//!
//! Check it: `cargo workbook check goodput`
//!
//! Read chapter 01, "What headers cost".

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

/// What it costs to send `payload` bytes. There are at most 10^15.
pub fn bill(path: Path, payload: u64) -> Option<Bill> {
    todo!("full frames, and perhaps one more")
}

/// Bits of payload per second on a link of `line_rate` bits per second.
pub fn goodput(payload: u64, wire_bytes: u64, line_rate: u64) -> u64 {
    todo!("the payload's share of the line rate")
}
