//! The internet checksum, and the pseudo-header that it covers.
//!
//! Add up the data as 16-bit numbers in ones' complement arithmetic, where
//! a carry out of the top is added in at the bottom; the checksum is the
//! complement of the sum (RFC 1071, section 1):
//!
//! ```text
//!   4500 + 0033 + 0000 + 4000 + 4006 + 0000 (the checksum's own place)
//! + 0a00 + 0001 + 0a00 + 0002 = d93c        complement: 26c3
//! ```
//!
//! The receiver adds up the same with the checksum in its place: if no bit
//! was flipped, the sum is ffff. A sum doesn't notice two numbers that
//! swapped places, nor two flipped bits that cancel out.
//!
//! Start reading at [`Sum`].

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::ipv4::Protocol;

/// A sum of 16-bit numbers in ones' complement, so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// With its carries not yet added in.
    total: u64,
    /// Whether an odd number of bytes has been added.
    odd: bool,
}

impl Sum {
    /// Nothing added yet.
    pub const fn new() -> Self {
        Sum { total: 0, odd: false }
    }

    /// Adds bytes, as if they stood right behind those added before.
    #[must_use]
    pub fn plus(mut self, bytes: &[u8]) -> Self {
        let mut pairs = bytes.chunks_exact(2);
        let mut sum: u64 = 0;
        for pair in &mut pairs {
            sum += u64::from(u16::from_be_bytes([pair[0], pair[1]]));
        }
        // RFC 1071, section 4.1: a last odd byte counts as if a zero
        // followed it.
        if let [last] = pairs.remainder() {
            sum += u64::from(u16::from_be_bytes([*last, 0]));
        }
        // RFC 1071, section 2 (B): with its bytes swapped in every number,
        // the sum comes out with its bytes swapped.
        let sum = fold(sum);
        let sum = if self.odd { sum.swap_bytes() } else { sum };
        self.total += u64::from(sum);
        self.odd ^= bytes.len() % 2 == 1;
        self
    }

    /// The checksum to send: the complement of the sum.
    pub fn checksum(self) -> u16 {
        !fold(self.total)
    }

    /// Whether data that was added with its checksum is as it was sent.
    pub fn is_right(self) -> bool {
        fold(self.total) == 0xffff
    }
}

/// Adds the carries in at the bottom until there are none.
fn fold(mut sum: u64) -> u16 {
    loop {
        let (carries, low) = (sum >> 16, sum & 0xffff);
        match (carries, u16::try_from(low)) {
            (0, Ok(folded)) => return folded,
            _ => sum = carries + low,
        }
    }
}

/// The checksum over `bytes`, in which the checksum's own place is zero.
///
/// ```
/// let header = [
///     0x45, 0, 0, 0x33, 0, 0, 0x40, 0, 0x40, 6, 0, 0, // checksum: 0
///     10, 0, 0, 1, 10, 0, 0, 2,
/// ];
/// assert_eq!(lesson_osi_layers::checksum::of(&header), 0x26c3);
/// ```
pub fn of(bytes: &[u8]) -> u16 {
    Sum::new().plus(bytes).checksum()
}

/// What a checksum in a frame turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the sum of the bytes that it covers.
    Right,
    /// It isn't: some bit has changed on the way, or was never right.
    Wrong {
        /// What would have been right.
        due: u16,
    },
    /// The sender left it out: 0 in UDP over IPv4 (RFC 768).
    Absent,
    /// What it covers isn't all in this frame.
    Unknown,
}

/// The checksum that `bytes` should hold in the two bytes at `at`, where
/// `before` is the sum of what it covers beside them.
pub(crate) fn due(before: Sum, bytes: &[u8], at: usize) -> u16 {
    let (head, tail) = (&bytes[..at], &bytes[at + 2..]);
    before.plus(head).plus(&[0, 0]).plus(tail).checksum()
}

/// Compares the checksum at `at` in `bytes` with the one that is due.
pub(crate) fn verify(before: Sum, bytes: &[u8], at: usize) -> Verdict {
    match before.plus(bytes).is_right() {
        true => Verdict::Right,
        false => Verdict::Wrong { due: due(before, bytes, at) },
    }
}

/// What UDP, TCP and ICMPv6 add to their checksum beside their own bytes:
/// the addresses, so that data which came to the wrong host is noticed.
///
/// It is added up and never sent.
///
/// ```text
/// +--------+--------+--------+--------+
/// |          source address           |
/// +--------+--------+--------+--------+
/// |        destination address        |
/// +--------+--------+--------+--------+
/// |  zero  |protocol|      length     |   IPv4: RFC 9293, section 3.1
/// +--------+--------+--------+--------+
/// ```
///
/// IPv6 has its long addresses there, a length of four bytes, then three
/// zeros and the next header (RFC 8200, section 8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PseudoHeader {
    /// Between IPv4 addresses.
    V4([u8; 12]),
    /// Between IPv6 addresses.
    V6([u8; 40]),
}

impl PseudoHeader {
    /// For `length` bytes of `protocol`, header included, over IPv4.
    pub fn v4(
        source: Ipv4Addr,
        destination: Ipv4Addr,
        protocol: Protocol,
        length: u16,
    ) -> Self {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&source.octets());
        bytes[4..8].copy_from_slice(&destination.octets());
        bytes[9] = protocol.0;
        bytes[10..].copy_from_slice(&length.to_be_bytes());
        PseudoHeader::V4(bytes)
    }

    /// For `length` bytes of `protocol`, header included, over IPv6.
    pub fn v6(
        source: Ipv6Addr,
        destination: Ipv6Addr,
        protocol: Protocol,
        length: u32,
    ) -> Self {
        let mut bytes = [0; 40];
        bytes[..16].copy_from_slice(&source.octets());
        bytes[16..32].copy_from_slice(&destination.octets());
        bytes[32..36].copy_from_slice(&length.to_be_bytes());
        bytes[39] = protocol.0;
        PseudoHeader::V6(bytes)
    }

    /// The bytes that are added up.
    pub fn bytes(&self) -> &[u8] {
        match self {
            PseudoHeader::V4(bytes) => bytes,
            PseudoHeader::V6(bytes) => bytes,
        }
    }

    /// Their sum, to which the header and the data are added.
    pub fn sum(&self) -> Sum {
        Sum::new().plus(self.bytes())
    }
}
