//! Rejected by: a_client_finds_the_listener_where_it_was_asked_for, the_address_is_in_network_byte_order, the_port_is_in_network_byte_order
//!
//! `to_be` has swapped the port already, and `to_be_bytes` swaps it again.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};

/// The kernel's number for IPv4 addresses: socket(2).
pub const AF_INET: u16 = 2;

/// What can be said about a port from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diagnosis {
    /// It is the one that was asked for.
    Right,
    /// Its two bytes were swapped once too often, or once too seldom.
    Swapped,
    /// Something else is wrong.
    Other,
}

/// Listens at `address`, by way of 16 bytes as C programs do.
pub fn listen(address: SocketAddrV4) -> io::Result<TcpListener> {
    bind(&sockaddr_in(address))
}

/// What the kernel makes of the bytes: bind(2), ip(7).
fn bind(bytes: &[u8; 16]) -> io::Result<TcpListener> {
    let [f0, f1, p0, p1, a, b, c, d, ..] = *bytes;
    if u16::from_ne_bytes([f0, f1]) != AF_INET {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let port = u16::from_be_bytes([p0, p1]);
    TcpListener::bind((Ipv4Addr::new(a, b, c, d), port))
}

/// The bytes of an address, as the kernel takes them.
pub fn sockaddr_in(address: SocketAddrV4) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[0..2].copy_from_slice(&AF_INET.to_ne_bytes());
    bytes[2..4].copy_from_slice(&address.port().to_be().to_be_bytes());
    bytes[4..8].copy_from_slice(&address.ip().octets());
    bytes
}

/// The address in these bytes, if it is one of IPv4.
pub fn address_of(bytes: &[u8; 16]) -> Option<SocketAddrV4> {
    let [f0, f1, p0, p1, a, b, c, d, ..] = *bytes;
    if u16::from_ne_bytes([f0, f1]) != AF_INET {
        return None;
    }
    let port = u16::from_be_bytes([p0, p1]);
    let address = u32::from_be_bytes([a, b, c, d]);
    Some(SocketAddrV4::new(Ipv4Addr::from(address), port))
}

/// What is to be thought of a listener that was asked for one port and is
/// on another.
pub fn diagnose(asked: u16, got: u16) -> Diagnosis {
    // 0x2222 swapped is 0x2222, and right: the order of the questions counts.
    if got == asked {
        Diagnosis::Right
    } else if got == asked.swap_bytes() {
        Diagnosis::Swapped
    } else {
        Diagnosis::Other
    }
}
