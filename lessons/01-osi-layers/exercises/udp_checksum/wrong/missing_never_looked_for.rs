//! Rejected by: no_checksum_is_no_fault_over_ipv4
//!
//! The receiver computes the checksum again and compares. That finds damage,
//! and takes a checksum that was never computed for a wrong one.

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
    let (ports_and_length, rest) = datagram.split_at(6);
    let sum = pseudo_header(addresses, datagram.len())
        + words(ports_and_length)
        + words(rest.get(2..).unwrap_or_default());
    match !fold(sum) {
        // RFC 768: "If the computed checksum is zero, it is transmitted as
        // all ones."
        0 => 0xffff,
        checksum => checksum,
    }
}

/// Says what the checksum in the datagram tells.
pub fn verify(addresses: Addresses, datagram: &[u8]) -> Verdict {
    let stored = u16::from_be_bytes([datagram[6], datagram[7]]);
    match checksum(addresses, datagram) == stored {
        true => Verdict::Intact,
        false => Verdict::Damaged,
    }
}

/// The sum of the pseudo-header's words.
fn pseudo_header(addresses: Addresses, length: usize) -> u64 {
    let addresses = match addresses {
        Addresses::V4 { source, destination } => {
            words(&source.octets()) + words(&destination.octets())
        }
        Addresses::V6 { source, destination } => {
            words(&source.octets()) + words(&destination.octets())
        }
    };
    // Zeros add nothing, and 16 bits hold any length: both forms of the
    // pseudo-header have the same sum from here on.
    addresses + 17 + length as u64
}

/// The sum of words, an odd byte at the end being the higher half of one.
fn words(bytes: &[u8]) -> u64 {
    let word = |pair: &[u8]| {
        let low = pair.get(1).copied().unwrap_or(0);
        u64::from(u16::from_be_bytes([pair[0], low]))
    };
    bytes.chunks(2).map(word).sum()
}

/// Adds what is above 16 bits to what is below, until nothing is above.
fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}
