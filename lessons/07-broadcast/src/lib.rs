//! What the lesson's programs share, and later lessons build on.
//!
//! A datagram to one address can reach many hosts, if the address is a
//! broadcast address (RFC 919, RFC 922) or that of a group (RFC 1112).
//! `UdpSocket` of the standard library makes most of the calls; this library
//! adds what a program needs beside them.
//!
//! ```text
//! sender    socket → SO_BROADCAST → sendto 10.0.0.255
//! receiver  socket → bind 0.0.0.0 → recvfrom
//! ```
//!
//! - [`discovery`]: a question to everybody, and the answers.
//! - [`Subnet`]: which address means everybody, from the netmask.
//! - [`interfaces()`]: what this machine's interfaces have.
//! - [`bound`], [`listening`]: sockets that don't wait for ever.
//! - [`group_mac`]: which frames carry a group's datagrams.

pub mod discovery;
pub mod interfaces;
pub mod subnet;

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::time::Duration;

use lesson_osi_layers::ethernet::Mac;
use socket2::{Domain, Socket, Type};

pub use interfaces::interfaces;
pub use subnet::Subnet;

/// How long the demos wait for a datagram. A datagram may be lost, so nobody
/// who waits for one may wait for ever.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A socket with an address: `socket(2)`, `bind(2)`. Its receives give up
/// after [`PATIENCE`] with EAGAIN, SO_RCVTIMEO in socket(7).
///
/// Errors: EADDRINUSE when the port is taken, EADDRNOTAVAIL for an address
/// that is none of this machine's. A broadcast address and a group's are
/// nobody's own, and may be bound all the same, ip(7).
pub fn bound(at: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(at)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}

// ANCHOR: listening
/// A socket with an address, beside others on the same port: SO_REUSEADDR,
/// socket(7). Its receives give up after [`PATIENCE`].
///
/// Each of them that a broadcast or a group's datagram fits gets a copy of
/// its own. A datagram to one host goes to one of them.
pub fn listening(at: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // Every one of them, and before bind.
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket.into())
}
// ANCHOR_END: listening

// ANCHOR: mac
/// The Ethernet address to which a group's datagrams go: 01:00:5e, then the
/// low 23 bits of the group's address (RFC 1112, section 6.4). `None` if the
/// address isn't a group's.
///
/// A group's address has 28 bits of its own, so 32 groups share an Ethernet
/// address. The receiving kernel looks at the IP address, too.
pub fn group_mac(group: Ipv4Addr) -> Option<Mac> {
    let [_, b, c, d] = group.octets();
    let mac = Mac([0x01, 0x00, 0x5e, b & 0x7f, c, d]);
    group.is_multicast().then_some(mac)
}
// ANCHOR_END: mac

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_an_ethernet_address_made_of_its_last_23_bits() {
        let mac = |group: [u8; 4]| group_mac(group.into()).map(|mac| mac.0);

        assert_eq!(mac([239, 1, 2, 3]), Some([1, 0, 0x5e, 1, 2, 3]));
        assert_eq!(mac([224, 0, 0, 22]), Some([1, 0, 0x5e, 0, 0, 22]));
        assert_eq!(mac([239, 129, 2, 3]), Some([1, 0, 0x5e, 1, 2, 3]));
    }

    #[test]
    fn an_address_of_one_host_or_of_all_is_no_group() {
        for address in [[10, 0, 0, 1], [10, 0, 0, 255], [255; 4]] {
            assert_eq!(group_mac(address.into()), None);
        }
    }

    #[test]
    fn two_sockets_that_agree_to_it_have_one_port() {
        let first = listening("127.0.0.1:0".parse().unwrap()).unwrap();
        let std::net::SocketAddr::V4(at) = first.local_addr().unwrap() else {
            panic!("an IPv4 socket");
        };

        assert!(listening(at).is_ok());
        assert_eq!(bound(at).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
