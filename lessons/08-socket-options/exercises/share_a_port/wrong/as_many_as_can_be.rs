//! Rejected by: a_port_that_is_not_shared_is_refused
//!
//! Whatever can be opened is given. An error only means that there are fewer.

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
    let mut address = address;
    let mut listeners = Vec::new();
    for _ in 0..count {
        if let Ok(listener) = listen(address) {
            address = listener.local_addr()?;
            listeners.push(listener);
        }
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
