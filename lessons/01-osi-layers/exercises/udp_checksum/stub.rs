//! Compute UDP's checksum.
//!
//! UDP's checksum covers more than the datagram: addresses of the IP header
//! are summed up too, so that a datagram that strays to another host is
//! noticed. Write `checksum` for the sender and `verify` for the receiver.
//!
//! What is summed up, in bytes (RFC 768; RFC 8200, section 8.1):
//!
//! ```text
//!  pseudo-header, IPv4   | source 4 | destination 4 | 0 | 17 | length 2 |
//!  pseudo-header, IPv6   | source 16 | destination 16 | length 4 | 0 0 0 | 17 |
//!
//!  UDP header            | source port 2 | destination port 2 |
//!                        | length 2      | checksum 2         |
//!  payload               | … and, if its length is odd, one 0 byte
//! ```
//!
//! - The pseudo-header is never sent. 17 is UDP's number; `length` is that of
//!   the datagram, its header of 8 bytes and the payload.
//! - The sum is that of `internet_checksum`: words of 16 bits, big-endian,
//!   carries folded in until none is left, inverted. Write it again here.
//! - `checksum` takes the place of the checksum as 0, whatever stands there.
//!   A computed 0 is sent as `ffff`.
//! - `verify` says `Intact` if the checksum that stands there is right, and
//!   `Damaged` if not. A 0 there says over IPv4 that the sender computed
//!   none: `NotComputed`. Over IPv6 that isn't allowed: `Damaged`.
//! - A datagram here has at least 8 bytes, and its length field is right.
//!
//! Check it: `cargo workbook check udp_checksum`
//!
//! Read chapter 01, "The pseudo-header".

use std::net::{Ipv4Addr, Ipv6Addr};

/// Between whom a datagram travels: what its IP header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Over IPv4.
    V4 {
        /// Who sends.
        source: Ipv4Addr,
        /// Who receives.
        destination: Ipv4Addr,
    },
    /// Over IPv6.
    V6 {
        /// Who sends.
        source: Ipv6Addr,
        /// Who receives.
        destination: Ipv6Addr,
    },
}

/// What the receiver knows about a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The checksum is right.
    Intact,
    /// The checksum is wrong, or is missing where it must not be.
    Damaged,
    /// The sender computed none, as it may over IPv4.
    NotComputed,
}

/// Gives the checksum with which this datagram is to be sent.
pub fn checksum(addresses: Addresses, datagram: &[u8]) -> u16 {
    todo!("sum up pseudo-header, header and payload")
}

/// Says what the checksum in the datagram tells.
pub fn verify(addresses: Addresses, datagram: &[u8]) -> Verdict {
    todo!("is there one, and is it right?")
}
