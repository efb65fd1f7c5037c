//! A message's header, written by hand.
//!
//! ```text
//! offset  0      1      2      3      4
//!       ┌──────┬───────────────────────────┐
//!       │ kind │ length, big-endian        │   5 bytes, always
//!       └──────┴───────────────────────────┘
//! ```

use crate::Be32;

// ANCHOR: header
/// What stands before each message: its kind, and how many bytes follow.
///
/// This is the header as the program computes with it. How it lies in memory
/// is the compiler's affair, and none of it goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What the message is about.
    pub kind: u8,
    /// How many bytes follow the header.
    pub length: u32,
}

impl Header {
    /// How many bytes a header has on the wire.
    pub const SIZE: usize = 5;

    /// The header as it goes over the wire, field by field.
    pub const fn to_bytes(self) -> [u8; Self::SIZE] {
        let [a, b, c, d] = self.length.to_be_bytes();
        [self.kind, a, b, c, d]
    }

    /// Reads a header as it came over the wire, field by field.
    pub const fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        let [kind, a, b, c, d] = bytes;
        Header { kind, length: u32::from_be_bytes([a, b, c, d]) }
    }
}
// ANCHOR_END: header

// ANCHOR: wire_header
/// The same header as it lies on the wire. A [`Be32`] is four single bytes,
/// which may stand at any address: so there is nothing to pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct WireHeader {
    /// What the message is about.
    pub kind: u8,
    /// How many bytes follow the header.
    pub length: Be32,
}

/// A promise to whoever reads the layout above: five bytes, no gap.
const _: () = assert!(size_of::<WireHeader>() == Header::SIZE);
// ANCHOR_END: wire_header

impl From<Header> for WireHeader {
    fn from(header: Header) -> Self {
        let length = Be32::from_host(header.length);
        WireHeader { kind: header.kind, length }
    }
}

impl From<WireHeader> for Header {
    fn from(header: WireHeader) -> Self {
        Header { kind: header.kind, length: header.length.to_host() }
    }
}
