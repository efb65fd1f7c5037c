//! Rejected by: a_datagram_socket_can_have_a_peer
//!
//! TCP has connections and UDP has none, so the type is told from whether
//! there is a peer.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, SockRef, Type};

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
    let number = socket.as_raw_fd();
    let socket = SockRef::from(&socket);
    let connected = peer(&socket)?.is_some();
    Ok(Description {
        number,
        family: socket.domain()?,
        kind: if connected { Type::STREAM } else { Type::DGRAM },
        local: name(&socket.local_addr()?),
        peer: peer(&socket)?,
    })
}

/// The other end, if there is one.
fn peer(socket: &SockRef<'_>) -> io::Result<Option<Name>> {
    match socket.peer_addr() {
        Ok(address) => Ok(Some(name(&address))),
        // ENOTCONN: the socket is not connected, getpeername(2).
        Err(e) if e.kind() == ErrorKind::NotConnected => Ok(None),
        Err(e) => Err(e),
    }
}

/// What an address says; port 0 says that none was given yet.
fn name(address: &SockAddr) -> Name {
    match address.as_socket() {
        Some(internet) if internet.port() == 0 => Name::Unnamed,
        Some(internet) => Name::Internet(internet),
        None => path(address.as_pathname()),
    }
}

/// A path is a name, and no path is none.
fn path(path: Option<&Path>) -> Name {
    path.map_or(Name::Unnamed, |path| Name::Path(path.to_path_buf()))
}
