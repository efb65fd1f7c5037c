//! Files that say in which order their numbers are.
//!
//! The writer begins with a number that every reader knows, in the writer's
//! own order. The reader looks at which way round it came.

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The most significant one.
    Big,
    /// The least significant one.
    Little,
}

impl Order {
    /// The order of the machine that this was compiled for.
    pub const NATIVE: Order =
        if cfg!(target_endian = "big") { Order::Big } else { Order::Little };

    /// "big-endian" or "little-endian".
    pub const fn name(self) -> &'static str {
        match self {
            Order::Big => "big-endian",
            Order::Little => "little-endian",
        }
    }

    /// The number that two bytes stand for in this order.
    pub const fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Order::Big => u16::from_be_bytes(bytes),
            Order::Little => u16::from_le_bytes(bytes),
        }
    }

    /// The number that four bytes stand for in this order.
    pub const fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Order::Big => u32::from_be_bytes(bytes),
            Order::Little => u32::from_le_bytes(bytes),
        }
    }
}

// ANCHOR: mark
/// What the first bytes of a file tell about its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A capture of frames with times in microseconds: 0xa1b2c3d4.
    Pcap(Order),
    /// A capture of frames with times in nanoseconds: 0xa1b23c4d.
    PcapNanoseconds(Order),
    /// Text in UTF-16 that begins with U+FEFF, the byte order mark.
    Utf16(Order),
    /// Text in UTF-8 with the same mark. Its bytes have one order only.
    Utf8,
}

impl Mark {
    /// Looks at the first bytes of a file. `None` if there is no mark that we
    /// know, or if the bytes end before it does.
    pub fn of(bytes: &[u8]) -> Option<Mark> {
        use Order::{Big, Little};
        match bytes {
            [0xa1, 0xb2, 0xc3, 0xd4, ..] => Some(Mark::Pcap(Big)),
            [0xd4, 0xc3, 0xb2, 0xa1, ..] => Some(Mark::Pcap(Little)),
            [0xa1, 0xb2, 0x3c, 0x4d, ..] => Some(Mark::PcapNanoseconds(Big)),
            [0x4d, 0x3c, 0xb2, 0xa1, ..] => Some(Mark::PcapNanoseconds(Little)),
            [0xef, 0xbb, 0xbf, ..] => Some(Mark::Utf8),
            [0xfe, 0xff, ..] => Some(Mark::Utf16(Big)),
            [0xff, 0xfe, ..] => Some(Mark::Utf16(Little)),
            _ => None,
        }
    }
}
// ANCHOR_END: mark
