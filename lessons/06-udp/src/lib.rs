//! What the lesson's programs share, and later lessons build on.
//!
//! UDP carries datagrams: each is a message by itself, and arrives whole or
//! not at all (RFC 768). There is no connection, so there is little to set
//! up. `UdpSocket` of the standard library makes the calls; this library
//! adds what a program needs beside them.
//!
//! ```text
//! server   socket → bind → recvfrom ⇄ sendto → close
//! client   socket ───────→ sendto ⇄ recvfrom → close
//! ```
//!
//! - [`bound`], [`connected`]: sockets that don't wait for ever.
//! - [`recv_whole`], [`next_size`]: how long a datagram is, not only how much
//!   of it fitted.
//! - [`dont_fragment`]: refuses what doesn't fit a frame.
//! - [`echo_one`]: what an echo server does, once.
//! - [`dns`]: messages written and read by hand, within limits.
//! - [`kernel`]: what the kernel knows about a UDP socket.

pub mod dns;
pub mod kernel;

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::libc;
use nix::sys::socket::{
    MsgFlags, SockaddrStorage, recv, recvmsg, setsockopt, sockopt,
};

/// An address on this machine that nobody else can reach, with port 0: the
/// kernel picks a free port at bind, ip(7).
pub const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The most data that one datagram carries over IPv4, in bytes. A packet's
/// length has 16 bits: 65,535, less 20 for IPv4's header and 8 for UDP's.
pub const LARGEST: usize = 65_507;

/// How long the demos wait for a datagram. A datagram may be lost, so nobody
/// who waits for one may wait for ever.
pub const PATIENCE: Duration = Duration::from_secs(5);

// ANCHOR: bound
/// A socket with an address: `socket(2)`, `bind(2)`. Its receives give up
/// after [`PATIENCE`] with EAGAIN, SO_RCVTIMEO in socket(7).
///
/// Errors: EADDRINUSE when the port is taken, EACCES below port 1024
/// without privilege, EADDRNOTAVAIL for an address of another machine.
pub fn bound(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}
// ANCHOR_END: bound

/// A socket that has chosen its peer: `socket(2)`, `bind(2)`, `connect(2)`.
/// No datagram goes out; the kernel notes the address, and from now on gives
/// this socket only what comes from there.
///
/// Errors: those of [`bound`], and ENETUNREACH when no route leads there.
pub fn connected(peer: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = bound(any)?;
    socket.connect(peer)?;
    Ok(socket)
}

/// A datagram that was received, perhaps not all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// The bytes of the datagram as it was sent.
    pub size: usize,
    /// How many of them are in the buffer. The others are gone.
    pub kept: usize,
    /// Who sent it, as far as its header tells.
    pub from: SocketAddr,
}

impl Received {
    /// Whether the buffer was too small for the datagram.
    pub fn was_cut(&self) -> bool {
        self.kept < self.size
    }
}

// ANCHOR: whole
/// Takes the next datagram, and tells how long it was: `recvmsg(2)` with
/// MSG_TRUNC. Waits while there is none.
///
/// `UdpSocket::recv_from` tells only how many bytes fitted, and a datagram
/// as long as the buffer looks the same to it as a longer one.
///
/// Errors: EAGAIN when none came in time; ECONNREFUSED on a connected socket
/// when nobody listens at the other end.
pub fn recv_whole(
    socket: &UdpSocket,
    buffer: &mut [u8],
) -> io::Result<Received> {
    let room = buffer.len();
    let mut into = [IoSliceMut::new(buffer)];
    let message = recvmsg::<SockaddrStorage>(
        socket.as_raw_fd(),
        &mut into,
        None,
        // recvmsg(2): return the real length of the datagram.
        MsgFlags::MSG_TRUNC,
    )?;
    let from = message.address.and_then(|address| internet(&address));
    let from = from.ok_or(io::ErrorKind::Unsupported)?;
    Ok(Received { size: message.bytes, kept: message.bytes.min(room), from })
}
// ANCHOR_END: whole

fn internet(address: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = address.as_sockaddr_in().map(|a| SocketAddr::V4((*a).into()));
    v4.or_else(|| {
        address.as_sockaddr_in6().map(|a| SocketAddr::V6((*a).into()))
    })
}

/// The bytes of the next datagram, which stays where it is: `recv(2)` with
/// MSG_PEEK and MSG_TRUNC. Waits while there is none.
pub fn next_size(socket: &UdpSocket) -> io::Result<usize> {
    let look = MsgFlags::MSG_PEEK | MsgFlags::MSG_TRUNC;
    Ok(recv(socket.as_raw_fd(), &mut [], look)?)
}

/// The option IP_MTU_DISCOVER, ip(7), which nix doesn't have.
#[derive(Clone, Debug)]
struct MtuDiscover;
nix::setsockopt_impl!(
    MtuDiscover,
    libc::IPPROTO_IP,
    libc::IP_MTU_DISCOVER,
    libc::c_int,
    sockopt::SetStruct<'_, libc::c_int>
);

/// Asks for datagrams in one piece: IP_MTU_DISCOVER is IP_PMTUDISC_DO,
/// ip(7). From now on a datagram that doesn't fit the path, as far as the
/// kernel knows it, is refused with EMSGSIZE.
///
/// Linux says "don't fragment" by itself of what fits; what doesn't, it
/// sends in pieces. This stops the latter.
pub fn dont_fragment(socket: &UdpSocket) -> io::Result<()> {
    Ok(setsockopt(socket, MtuDiscover, &libc::IP_PMTUDISC_DO)?)
}

// ANCHOR: echo
/// Takes one datagram and sends it back to where it came from: `recvfrom(2)`,
/// `sendto(2)`. Gives the number of its bytes.
///
/// What exceeds `buffer` is lost: [`LARGEST`] bytes hold any datagram.
pub fn echo_one(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<usize> {
    let (count, from) = socket.recv_from(buffer)?;
    socket.send_to(&buffer[..count], from)
}
// ANCHOR_END: echo

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> (UdpSocket, UdpSocket) {
        let server = bound(LOOPBACK).unwrap();
        let client = connected(server.local_addr().unwrap()).unwrap();
        (client, server)
    }

    #[test]
    fn a_datagram_that_fits_exactly_was_not_cut() {
        let (client, server) = two();
        let mut buffer = [0; 5];

        client.send(b"hello").unwrap();
        let received = recv_whole(&server, &mut buffer).unwrap();

        assert_eq!((received.size, received.kept), (5, 5));
        assert!(!received.was_cut());
        assert_eq!(&buffer, b"hello");
    }

    #[test]
    fn one_byte_too_many_is_noticed_and_gone() {
        let (client, server) = two();
        let mut buffer = [0; 5];

        client.send(b"hello!").unwrap();
        client.send(b"next").unwrap();
        let received = recv_whole(&server, &mut buffer).unwrap();

        assert_eq!((received.size, received.kept), (6, 5));
        assert!(received.was_cut());
        assert_eq!(recv_whole(&server, &mut buffer).unwrap().size, 4);
    }

    #[test]
    fn the_sender_is_told_over_both_versions_of_ip() {
        let v6: SocketAddr = "[::1]:0".parse().unwrap();
        for address in [LOOPBACK, v6] {
            let Ok(server) = bound(address) else { continue };
            let client = bound(address).unwrap();

            client.send_to(b"x", server.local_addr().unwrap()).unwrap();
            let received = recv_whole(&server, &mut [0; 8]).unwrap();

            assert_eq!(received.from, client.local_addr().unwrap());
        }
    }

    #[test]
    fn the_next_size_is_told_and_nothing_is_taken() {
        let (client, server) = two();
        client.send(&[7; 900]).unwrap();

        assert_eq!(next_size(&server).unwrap(), 900);
        assert_eq!(next_size(&server).unwrap(), 900);
        assert_eq!(recv_whole(&server, &mut [0; 1000]).unwrap().size, 900);
    }

    #[test]
    fn a_connected_socket_hears_its_peer_and_nobody_else() {
        let (client, server) = two();
        let stranger = bound(LOOPBACK).unwrap();
        let to: SocketAddr =
            (Ipv4Addr::LOCALHOST, client.local_addr().unwrap().port()).into();

        stranger.send_to(b"believe me", to).unwrap();
        server.send_to(b"hello", to).unwrap();
        let mut buffer = [0; 64];

        assert_eq!(client.recv(&mut buffer).unwrap(), 5);
        assert_eq!(&buffer[..5], b"hello");
    }

    #[test]
    fn an_empty_datagram_is_echoed_too() {
        let (client, server) = two();
        let mut buffer = [0; 64];

        client.send(b"").unwrap();

        assert_eq!(echo_one(&server, &mut buffer).unwrap(), 0);
        assert_eq!(client.recv(&mut buffer).unwrap(), 0);
    }
}
