//! Read an IPv4 header.
//!
//! A packet says itself how long its header is, and how long the whole packet
//! is. Write `parse`, which takes what an Ethernet frame carried, gives every
//! field, and believes no length that can't be true.
//!
//! ```text
//!   0                   1                   2                   3
//!   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//!  +-------+-------+---------------+-------------------------------+
//!  |   4   |  IHL  | service, ECN  |         total length          |   0
//!  +-------+-------+---------------+-----+-------------------------+
//!  |        identification         |0 D M|     fragment offset     |   4
//!  +---------------+---------------+-----+-------------------------+
//!  | time to live  |   protocol    |        header checksum        |   8
//!  +---------------+---------------+-------------------------------+
//!  |                        source address                         |  12
//!  +---------------------------------------------------------------+
//!  |                      destination address                      |  16
//!  +---------------------------------------------------------------+
//!  |             options, as many words as IHL says …              |  20
//! ```
//!
//! - All numbers are big-endian. IHL counts words of 4 bytes, the fragment
//!   offset units of 8 bytes; you give both in bytes.
//! - D is *don't fragment*, M is *more fragments*.
//! - Options lie between byte 20 and the end of the header.
//! - The payload goes from the end of the header to the total length, which
//!   counts from the header's first byte. What lies behind is no part of the
//!   packet: Ethernet fills short frames up to 46 bytes.
//!
//! The first of these that holds is the answer:
//!
//! | The bytes                                     | The answer           |
//! | --------------------------------------------- | -------------------- |
//! | are none, or the version isn't 4              | `NotVersion4`        |
//! | are fewer than 20                             | `Truncated`          |
//! | have an IHL under 5                           | `HeaderTooShort`     |
//! | are fewer than the header                     | `HeaderTooLong`      |
//! | have a total length less than the header's    | `TotalTooShort`      |
//! | are fewer than the total length               | `TotalTooLong`       |
//! | are a packet                                  | `Ok(packet)`         |
//!
//! The checksum is another exercise's matter: don't look at it here.
//!
//! Check it: `cargo workbook check ipv4_header`
//!
//! Read chapter 01, "IPv4".

use std::net::Ipv4Addr;

/// A packet: its header's fields (RFC 791, section 3.1), and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Length of the header in bytes, options included.
    pub header_length: usize,
    /// Length of header and payload in bytes.
    pub total_length: usize,
    /// What the fragments of one packet have in common.
    pub identification: u16,
    /// D: a router must not cut this packet into fragments.
    pub dont_fragment: bool,
    /// M: this is a fragment, and not the last one.
    pub more_fragments: bool,
    /// Where the payload belongs in the packet that was cut, in bytes.
    pub fragment_offset: usize,
    /// How many more routers the packet may pass.
    pub time_to_live: u8,
    /// What the payload is: 1 ICMP, 6 TCP, 17 UDP.
    pub protocol: u8,
    /// Who sent the packet.
    pub source: Ipv4Addr,
    /// For whom it is.
    pub destination: Ipv4Addr,
    /// The options, padding included. Most packets have none.
    pub options: &'a [u8],
    /// What the packet carries.
    pub payload: &'a [u8],
}

/// Why the bytes are not an IPv4 packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They are of another protocol.
    NotVersion4,
    /// They end before the 20 bytes that every header has.
    Truncated,
    /// The header claims to be shorter than 20 bytes.
    HeaderTooShort,
    /// The header claims more bytes than there are.
    HeaderTooLong,
    /// The packet claims to be shorter than its own header.
    TotalTooShort,
    /// The packet claims more bytes than there are.
    TotalTooLong,
}

/// Reads the packet at the front of `bytes`.
pub fn parse(bytes: &[u8]) -> Result<Packet<'_>, Refused> {
    todo!("judge the lengths, then fill the fields")
}
