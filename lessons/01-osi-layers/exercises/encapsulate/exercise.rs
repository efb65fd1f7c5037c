//! Wrap a message in a frame.
//!
//! A message goes down through the layers, and each puts a header in front:
//! first UDP, then IPv4, then Ethernet. Write those three, as functions that
//! know nothing of each other. What they make together is, byte for byte, the
//! frame that Linux sends.
//!
//! ```text
//!  UDP       | source port 2 | destination port 2 | length 2 | checksum 2 |
//!
//!  IPv4      | 45 | 00 | total length 2 | identification 2 | 40 00 |
//!            | 40 | protocol | checksum 2 | source 4 | destination 4 |
//!
//!  Ethernet  | destination 6 | source 6 | what follows 2 |
//! ```
//!
//! - Each function answers with its header and, behind it, the payload.
//! - All numbers are big-endian. `45` is version 4 and a header of 5 words,
//!   `40 00` the flag *don't fragment*, the other `40` a time to live of 64.
//! - `datagram`: `length` counts UDP's header and the payload. The checksum
//!   is 0: none was computed, as UDP over IPv4 allows.
//! - `packet`: `total length` counts IPv4's header and the payload. The
//!   checksum is that of the header's 20 bytes, with 0 in its own place.
//! - `frame`: a payload of fewer than 46 bytes is padded with zeros to 46.
//! - A payload for which the length field has no room is `None`. An Ethernet
//!   frame carries at most 1500 bytes; above that it is `None` too.
//!
//! Check it: `cargo workbook check encapsulate`
//!
//! Read chapter 01, "A header for every layer".

use std::net::Ipv4Addr;

/// Puts UDP's header in front of a message.
pub fn datagram(
    source_port: u16,
    destination_port: u16,
    payload: &[u8],
) -> Option<Vec<u8>> {
    todo!("8 bytes, then the payload")
}

/// Puts IPv4's header in front of what another protocol wants carried. Which
/// protocol that is, `protocol` says: 6 for TCP, 17 for UDP.
pub fn packet(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    identification: u16,
    payload: &[u8],
) -> Option<Vec<u8>> {
    todo!("20 bytes, then the payload")
}

/// Puts Ethernet's header in front of what another protocol wants carried.
/// Which protocol that is, `ether_type` says: 0x0800 for IPv4.
pub fn frame(
    source: [u8; 6],
    destination: [u8; 6],
    ether_type: u16,
    payload: &[u8],
) -> Option<Vec<u8>> {
    todo!("14 bytes, then the payload, then the padding")
}
