//! Rejected by: a_frame_carries_at_most_1500_bytes
//!
//! A frame is made of any payload.

use std::net::Ipv4Addr;

/// Puts UDP's header in front of a message.
pub fn datagram(
    source_port: u16,
    destination_port: u16,
    payload: &[u8],
) -> Option<Vec<u8>> {
    let length = u16::try_from(8 + payload.len()).ok()?;
    let mut bytes = Vec::with_capacity(length.into());
    for field in [source_port, destination_port, length, 0] {
        bytes.extend(field.to_be_bytes());
    }
    bytes.extend(payload);
    Some(bytes)
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
    let total_length = u16::try_from(20 + payload.len()).ok()?;
    let mut bytes = vec![0x45, 0x00];
    bytes.extend(total_length.to_be_bytes());
    bytes.extend(identification.to_be_bytes());
    // Don't fragment; time to live 64; the checksum is not known yet.
    bytes.extend([0x40, 0x00, 64, protocol, 0, 0]);
    bytes.extend(source.octets());
    bytes.extend(destination.octets());
    let checksum = checksum(&bytes);
    bytes[10..12].copy_from_slice(&checksum.to_be_bytes());
    bytes.extend(payload);
    Some(bytes)
}

/// Puts Ethernet's header in front of what another protocol wants carried.
/// Which protocol that is, `ether_type` says: 0x0800 for IPv4.
pub fn frame(
    source: [u8; 6],
    destination: [u8; 6],
    ether_type: u16,
    payload: &[u8],
) -> Option<Vec<u8>> {
    let mut bytes = [destination, source].concat();
    bytes.extend(ether_type.to_be_bytes());
    bytes.extend(payload);
    bytes.resize(bytes.len().max(14 + 46), 0);
    Some(bytes)
}

/// The internet checksum (RFC 1071) of bytes whose number is even.
fn checksum(bytes: &[u8]) -> u16 {
    let word = |pair: &[u8]| u32::from(u16::from_be_bytes([pair[0], pair[1]]));
    let mut sum: u32 = bytes.chunks_exact(2).map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
