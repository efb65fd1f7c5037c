//! What to notice:
//!
//! - Ones in the host's part: `address | !mask`. Where the bytes end doesn't
//!   matter, so it works on the whole number.
//! - Ones at the low end and nowhere else, plus 1, have no bit in common with
//!   themselves. That finds a mask with a hole, and takes 0.0.0.0 for what it
//!   is: a network of all addresses.
//! - 10.0.0.255 is for everybody in 10.0.0.0/24, and one host in 10.0.0.0/16.
//!   The address alone doesn't tell: only who knows the mask knows it.

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
