//! Rejected by: a_mask_with_a_hole_is_refused
//!
//! Whatever is given as a mask is used as one.

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
    if hosts <= 1 {
        return Err(NoBroadcast::TooSmall);
    }
    Ok(Ipv4Addr::from_bits(address.to_bits() | hosts))
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
