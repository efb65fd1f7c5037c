//! Work out the address that means everybody.
//!
//! You are given a host's address and its netmask. Say to which address a
//! datagram for all hosts of its network goes: the network's part of the
//! address, and behind it ones only. Say of any address whether a datagram
//! to it is for everybody there.
//!
//! - A mask is ones, then zeros: 255.255.240.0 has 20 ones. One with a one
//!   after a zero is refused.
//! - With a mask of 31 or 32 ones there is no broadcast address.
//! - 255.255.255.255 is for everybody on every network.
//!
//! Check it: `cargo workbook check broadcast_address`
//!
//! Read chapter 07, "Addresses for everybody".

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
    todo!("keep the bits under the mask's ones, and set the others")
}

/// Whether a datagram to `destination` is for every host of that network.
pub fn is_for_everybody(
    destination: Ipv4Addr,
    address: Ipv4Addr,
    netmask: Ipv4Addr,
) -> bool {
    todo!("the limited broadcast, or the network's own")
}
