//! Pack several numbers into one byte, and unpack them.
//!
//! Protocols don't waste bits. IPv4 puts two numbers into its first byte and
//! four into bytes 6 and 7; IPv6 puts three into its first four bytes, and one
//! of them lies across the border of two bytes. Write each field, read it
//! again, and refuse what doesn't fit.
//!
//! ```text
//!   IPv4, byte 0         +-------+-------+
//!                        |version|  IHL  |                 4, 4 bits
//!                        +-------+-------+
//!   IPv4, bytes 6 and 7  +-+-+-+---------+---------------+
//!                        |0|D|M|     fragment offset     |  1, 1, 1, 13 bits
//!                        +-+-+-+---------+---------------+
//!   IPv6, bytes 0 to 3   +-------+---------------+----------------------
//!                        |version| traffic class | flow label, 20 bits
//!                        +-------+---------------+----------------------
//!                            4           8
//! ```
//!
//! - The most significant bit of each byte is drawn at the left, and numbers of
//!   several bytes are in network byte order.
//! - IHL counts words of 4 bytes, the fragment offset units of 8 bytes. Your
//!   functions take and give both in bytes.
//! - D is *don't fragment*, M is *more fragments*. The highest bit is reserved:
//!   0 where you write, and without meaning where you read.
//! - A number that needs more bits than its field has is `TooLarge`. One that
//!   fits but is no whole number of words or units is `NotInUnits`.
//! - IPv6's version is always 6 where you write. Where you read it, give what
//!   stands there.
//!
//! Check it: `cargo workbook check bit_fields`
//!
//! Read chapter 02, "Bits within bytes".

/// IPv4's bytes 6 and 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// D: a router must not cut this packet.
    pub dont_fragment: bool,
    /// M: this is a fragment, and not the last one.
    pub more_fragments: bool,
    /// Where the payload belongs in the packet that was cut, in bytes.
    pub offset: usize,
}

/// IPv6's first four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// 6.
    pub version: u8,
    /// How the packet would like to be treated.
    pub class: u8,
    /// What the packets of one conversation have in common: 20 bits.
    pub label: u32,
}

/// Why a number can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It needs more bits than its field has.
    TooLarge,
    /// It is no multiple of what the field counts.
    NotInUnits,
}

/// IPv4's first byte: `header_length` is in bytes.
pub fn pack_first(version: u8, header_length: usize) -> Result<u8, Refused> {
    todo!("do both fit? the version goes into the upper half")
}

/// The version and the length of the header in bytes.
pub fn unpack_first(byte: u8) -> (u8, usize) {
    todo!("the upper half, and the lower half in bytes")
}

/// IPv4's bytes 6 and 7.
pub fn pack_fragment(fragment: Fragment) -> Result<[u8; 2], Refused> {
    todo!("two flags above 13 bits of offset")
}

/// What IPv4's bytes 6 and 7 say.
pub fn unpack_fragment(bytes: [u8; 2]) -> Fragment {
    todo!("two flags, and the offset in bytes")
}

/// IPv6's first four bytes.
pub fn pack_flow(class: u8, label: u32) -> Result<[u8; 4], Refused> {
    todo!("version 6, 8 bits of class, 20 bits of label")
}

/// What IPv6's first four bytes say.
pub fn unpack_flow(bytes: [u8; 4]) -> Flow {
    todo!("4 bits, 8 bits, 20 bits")
}
