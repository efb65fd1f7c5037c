//! Rejected by: a_computed_zero_is_sent_as_all_ones, a_datagram_as_it_was_sent_is_intact, a_datagram_may_be_empty, a_datagram_over_ipv4_has_the_checksum_that_linux_sent, a_datagram_over_ipv6_has_the_checksum_that_linux_sent, all_ones_stand_for_a_computed_zero, an_odd_payload_is_filled_up_with_a_zero, other_addresses_give_another_checksum, the_greatest_datagram_is_summed_up, what_stands_in_the_checksum_is_left_out
//!
//! Pseudo-header and payload are summed up. The UDP header, ports and length,
//! is left out.

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
    let (_, rest) = datagram.split_at(6);
    let sum = pseudo_header(addresses, datagram.len())
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
    let is_missing = datagram.get(6..8) == Some(&[0, 0]);
    let sum = pseudo_header(addresses, datagram.len()) + words(&datagram[6..]);
    match addresses {
        Addresses::V4 { .. } if is_missing => Verdict::NotComputed,
        // RFC 8200, section 8.1: "IPv6 receivers must discard UDP packets
        // containing a zero checksum".
        Addresses::V6 { .. } if is_missing => Verdict::Damaged,
        _ if fold(sum) == 0xffff => Verdict::Intact,
        _ => Verdict::Damaged,
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
