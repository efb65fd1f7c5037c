//! Rejected by: as_many_listen_as_were_asked_for
//!
//! All sockets are bound, and only the first one listens. The others have the
//! name and get nothing.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, SockRef, Socket, Type};

/// How many connections may wait at each listener.
const QUEUE: i32 = 128;

/// Opens `count` listeners at the same address and port; at least one.
///
/// # Errors
///
/// What the kernel says: `AddrInUse` where a socket has the port that doesn't
/// share it.
pub fn share(
    address: SocketAddr,
    count: usize,
) -> io::Result<Vec<TcpListener>> {
    let first = bound(address)?;
    SockRef::from(&first).listen(QUEUE)?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..count {
        listeners.push(bound(address)?);
    }
    Ok(listeners)
}

/// Opens one socket that shares its port.
fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let family = Domain::for_address(address);
    let socket = Socket::new(family, Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}
