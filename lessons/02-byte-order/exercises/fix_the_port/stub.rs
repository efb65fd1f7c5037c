//! Mend a listener that ends up on the wrong port.
//!
//! A program listens on port 8888 on its author's machine, which is
//! big-endian. On a little-endian machine the kernel refuses its address; and
//! when that is mended, `ss -ltn` shows the program on port 47138. It hands the
//! kernel an address as 16 bytes, a `sockaddr_in`, and the numbers in them have
//! the wrong byte order here and there. Find out where. Then write `diagnose`,
//! which tells such a fault from any other by the two ports.
//!
//! ```text
//!   0        2        4                 8
//!   +--------+--------+-----------------+-----------------------------------+
//!   | family |  port  |     address     |            eight zeros            |
//!   +--------+--------+-----------------+-----------------------------------+
//! ```
//!
//! - `ip(7)` has the rules. Port and address go out on the wire, so they are in
//!   network byte order. The family is for this machine's kernel and for nobody
//!   else: it is in the order of this machine's memory, and is 2 (AF_INET).
//! - `sockaddr_in` makes the 16 bytes, `address_of` reads them again. Both are
//!   wrong, and where both are wrong in the same way they agree: a test that
//!   makes and reads passes.
//! - `address_of` answers `None` where the family isn't AF_INET.
//! - `bind` does what the kernel does with the bytes. It is right: leave it.
//!
//! | `diagnose(asked, got)` answers | when the listener is on                 |
//! | ------------------------------ | --------------------------------------- |
//! | `Right`                        | the port that was asked for             |
//! | `Swapped`                      | the one with its two bytes swapped      |
//! | `Other`                        | any other                               |
//!
//! Check it: `cargo workbook check fix_the_port`
//!
//! Read chapter 02, "A number that was not swapped".

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
    bytes[0..2].copy_from_slice(&AF_INET.to_be_bytes());
    bytes[2..4].copy_from_slice(&address.port().to_ne_bytes());
    bytes[4..8].copy_from_slice(&address.ip().octets());
    bytes
}

/// The address in these bytes, if it is one of IPv4.
pub fn address_of(bytes: &[u8; 16]) -> Option<SocketAddrV4> {
    let [f0, f1, p0, p1, a, b, c, d, ..] = *bytes;
    if u16::from_be_bytes([f0, f1]) != AF_INET {
        return None;
    }
    let port = u16::from_ne_bytes([p0, p1]);
    let address = u32::from_ne_bytes([a, b, c, d]);
    Some(SocketAddrV4::new(Ipv4Addr::from(address), port))
}

/// What is to be thought of a listener that was asked for one port and is
/// on another.
pub fn diagnose(asked: u16, got: u16) -> Diagnosis {
    todo!("compare, and compare with the bytes swapped")
}
