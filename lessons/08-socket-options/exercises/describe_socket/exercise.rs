//! Describe any socket.
//!
//! You are given a descriptor, and nothing else: perhaps your program has
//! inherited it. Ask the kernel what it is: its number, its family, its type,
//! and the names of both ends.
//!
//! - A socket that isn't bound yet has the port 0. That is no name: `Unnamed`.
//!   So is the empty name of a Unix socket.
//! - A socket that isn't connected has no peer. The kernel says so by the
//!   error ENOTCONN, and you by `None`. A peer may be there and have no name.
//! - Nothing is changed: the socket stays open, as it was.
//!
//! `socket2::SockRef::from(socket)` borrows the socket. Each question is a
//! method of it: `domain`, `type`, `local_addr`, `peer_addr`. An address that
//! they give is a `socket2::SockAddr`, which knows whether it is an internet
//! address (`as_socket`) or a path (`as_pathname`).
//!
//! Check it: `cargo workbook check describe_socket`
//!
//! Read chapter 08, "The names of both ends".

use std::io;
use std::net::SocketAddr;
use std::os::fd::{BorrowedFd, RawFd};
use std::path::PathBuf;

use socket2::{Domain, Type};

/// What a socket is called at one of its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Not at all: an internet socket without a port, a Unix socket without
    /// a path.
    Unnamed,
    /// An internet address and a port.
    Internet(SocketAddr),
    /// The path of a socket file.
    Path(PathBuf),
}

/// What the kernel tells about a socket.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The descriptor's number.
    pub number: RawFd,
    /// AF_INET, AF_INET6, AF_UNIX: the option SO_DOMAIN.
    pub family: Domain,
    /// SOCK_STREAM, SOCK_DGRAM: the option SO_TYPE.
    pub kind: Type,
    /// This end: `getsockname(2)`.
    pub local: Name,
    /// The other end, and `None` where there is none: `getpeername(2)`.
    pub peer: Option<Name>,
}

/// Asks the kernel about a socket.
///
/// # Errors
///
/// What the kernel says, as it is: ENOTSOCK where the descriptor isn't a
/// socket's.
pub fn describe(socket: BorrowedFd<'_>) -> io::Result<Description> {
    todo!("five questions to the kernel; one error is an answer")
}
