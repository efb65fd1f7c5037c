//! Rejected by: a_header_alone_is_a_capture
//!
//! A file without a packet is taken for one that ends too soon.

use std::time::Duration;

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The most significant one.
    Big,
    /// The least significant one.
    Little,
}

/// What the second number of a packet's time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Millionths of a second.
    Micro,
    /// Thousand-millionths of a second.
    Nano,
}

/// What the file's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The order of all numbers in the file.
    pub order: Order,
    /// What the times count.
    pub resolution: Resolution,
    /// The format's version, major and minor: 2 and 4.
    pub version: (u16, u16),
    /// The most that was kept of each packet, in bytes.
    pub snapshot: u32,
    /// What the packets begin with: 1 is Ethernet.
    pub link_type: u16,
}

/// Why the bytes are not a capture file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They end before the header does.
    TooShort,
    /// They begin with no magic number of pcap.
    NoCapture,
}

/// Reads the header at the front of a file.
pub fn read_header(bytes: &[u8]) -> Result<Header, Refused> {
    let Some((magic, _)) = bytes.split_first_chunk() else {
        return Err(Refused::TooShort);
    };
    let (order, resolution) = match magic {
        [0xa1, 0xb2, 0xc3, 0xd4] => (Order::Big, Resolution::Micro),
        [0xd4, 0xc3, 0xb2, 0xa1] => (Order::Little, Resolution::Micro),
        [0xa1, 0xb2, 0x3c, 0x4d] => (Order::Big, Resolution::Nano),
        [0x4d, 0x3c, 0xb2, 0xa1] => (Order::Little, Resolution::Nano),
        _ => return Err(Refused::NoCapture),
    };
    if bytes.len() == 24 {
        return Err(Refused::TooShort);
    }
    let Some(bytes) = bytes.first_chunk::<24>() else {
        return Err(Refused::TooShort);
    };
    let half = |at: usize| order.half([bytes[at], bytes[at + 1]]);
    let word = |at: usize| {
        order.word([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    };
    let version = (half(4), half(6));
    // The cast keeps the lowest 16 bits.
    let link_type = word(20) as u16;
    let snapshot = word(16);
    Ok(Header { order, resolution, version, snapshot, link_type })
}

/// The time since 1970 that a packet's eight bytes tell.
pub fn read_time(header: &Header, bytes: [u8; 8]) -> Duration {
    let [a, b, c, d, e, f, g, h] = bytes;
    let seconds = header.order.word([a, b, c, d]);
    let part = u64::from(header.order.word([e, f, g, h]));
    let part = match header.resolution {
        Resolution::Micro => Duration::from_micros(part),
        Resolution::Nano => Duration::from_nanos(part),
    };
    Duration::from_secs(seconds.into()) + part
}

impl Order {
    fn half(self, bytes: [u8; 2]) -> u16 {
        match self {
            Order::Big => u16::from_be_bytes(bytes),
            Order::Little => u16::from_le_bytes(bytes),
        }
    }

    fn word(self, bytes: [u8; 4]) -> u32 {
        match self {
            Order::Big => u32::from_be_bytes(bytes),
            Order::Little => u32::from_le_bytes(bytes),
        }
    }
}
