//! Rejected by: a_mask_may_end_inside_a_byte, two_hosts_need_no_broadcast, an_address_in_255_may_be_a_host
//!
//! A byte of the mask is taken for the network or for the host, never for
//! both.

use std::net::Ipv4Addr;

/// Why a network has no broadcast address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBroadcast {
    /// The mask has a one after a zero, so it doesn't part the address in
    /// two.
    Mask,
    /// The network has one address or two, RFC 3021: none is left over.
    TooSmall,
}

/// The broadcast address of the network in which `address` is.
pub fn broadcast_address(
    address: Ipv4Addr,
    netmask: Ipv4Addr,
) -> Result<Ipv4Addr, NoBroadcast> {
    let hosts = !netmask.to_bits();
    if hosts & hosts.wrapping_add(1) != 0 {
        return Err(NoBroadcast::Mask);
    }
    if hosts <= 1 {
        return Err(NoBroadcast::TooSmall);
    }
    let (mut everybody, mask) = (address.octets(), netmask.octets());
    for place in 0..4 {
        if mask[place] != 255 {
            everybody[place] = 255;
        }
    }
    Ok(everybody.into())
}

/// Whether a datagram to `destination` is for every host of that network.
pub fn is_for_everybody(
    destination: Ipv4Addr,
    address: Ipv4Addr,
    netmask: Ipv4Addr,
) -> bool {
    destination == Ipv4Addr::BROADCAST
        || broadcast_address(address, netmask) == Ok(destination)
}
