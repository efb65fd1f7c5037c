//! Sockets that are bound, and listen where that is a thing to do.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;
use std::path::Path;

use socket2::{Domain, Socket, Type};

/// Connections that may wait for `accept`, if the system allows it: listen(2)
/// cuts it to net.core.somaxconn.
const BACKLOG: i32 = 4096;

/// Binds and listens, so that a restart finds the port free (SO_REUSEADDR),
/// and no answer waits for more to send (TCP_NODELAY).
///
/// # Errors
/// Those of bind(2): EADDRINUSE, EACCES, EADDRNOTAVAIL.
pub fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // tcp(7): those that are accepted inherit it.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Binds a datagram socket.
///
/// # Errors
/// Those of bind(2).
pub fn udp(address: SocketAddr) -> io::Result<UdpSocket> {
    UdpSocket::bind(address)
}

/// Makes a socket file, and listens. The file stays: chapter 09 says what a
/// server does about one that is there.
///
/// # Errors
/// Those of bind(2): EADDRINUSE for a path that exists.
pub fn unix(path: &Path) -> io::Result<UnixListener> {
    UnixListener::bind(path)
}
