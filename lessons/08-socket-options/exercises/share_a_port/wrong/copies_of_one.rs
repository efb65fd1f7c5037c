//! Rejected by: each_is_a_socket_of_its_own
//!
//! One socket is opened, and its descriptor copied. All have the same port,
//! and the same queue.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

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
    let first = listen(address)?;
    let mut listeners = vec![first];
    for _ in 1..count {
        listeners.push(listeners[0].try_clone()?);
    }
    Ok(listeners)
}

/// Opens one listener that shares its port.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let family = Domain::for_address(address);
    let socket = Socket::new(family, Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(QUEUE)?;
    Ok(socket.into())
}
