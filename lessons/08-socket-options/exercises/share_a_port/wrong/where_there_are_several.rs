//! Rejected by: one_alone_can_be_joined
//!
//! Where only one listener is asked for, there is nobody to share with.

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
    let first = listen(address, count > 1)?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..count {
        listeners.push(listen(address, true)?);
    }
    Ok(listeners)
}

/// Opens one listener that shares its port.
fn listen(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let family = Domain::for_address(address);
    let socket = Socket::new(family, Type::STREAM, None)?;
    socket.set_reuse_port(shared)?;
    socket.bind(&address.into())?;
    socket.listen(QUEUE)?;
    Ok(socket.into())
}
