//! Rejected by: flags_are_told_apart
//!
//! Don't fragment and more fragments have changed places.

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
    if bytes.first().is_none_or(|first| first >> 4 != 4) {
        return Err(Refused::NotVersion4);
    }
    let Some(fixed) = bytes.first_chunk::<20>() else {
        return Err(Refused::Truncated);
    };
    let word = |at: usize| u16::from_be_bytes([fixed[at], fixed[at + 1]]);
    // IHL, "the length of the internet header in 32 bit words".
    let header_length = usize::from(fixed[0] & 0x0f) * 4;
    let total_length = usize::from(word(2));
    judge(header_length, total_length, bytes.len())?;
    let fragment = word(6);
    Ok(Packet {
        header_length,
        total_length,
        identification: word(4),
        dont_fragment: fragment & 0x2000 != 0,
        more_fragments: fragment & 0x4000 != 0,
        // "The fragment offset is measured in units of 8 octets."
        fragment_offset: usize::from(fragment & 0x1fff) * 8,
        time_to_live: fixed[8],
        protocol: fixed[9],
        source: Ipv4Addr::new(fixed[12], fixed[13], fixed[14], fixed[15]),
        destination: Ipv4Addr::new(fixed[16], fixed[17], fixed[18], fixed[19]),
        options: &bytes[20..header_length],
        payload: &bytes[header_length..total_length],
    })
}

/// Holds the lengths that the packet claims against each other and against
/// the number of bytes that are there.
fn judge(header: usize, total: usize, there: usize) -> Result<(), Refused> {
    if header < 20 {
        Err(Refused::HeaderTooShort)
    } else if header > there {
        Err(Refused::HeaderTooLong)
    } else if total < header {
        Err(Refused::TotalTooShort)
    } else if total > there {
        Err(Refused::TotalTooLong)
    } else {
        Ok(())
    }
}
