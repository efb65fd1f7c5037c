//! What to notice:
//!
//! - The first socket sets the option, too. bind asks all sockets at the port
//!   whether they share it, and it is too late to set it when the second one
//!   comes.
//! - Port 0 is asked for once. The others take what the first one was given.
//! - When `?` leaves the loop, the listeners that were open are dropped, and
//!   so closed. There is nothing to clean up.
//! - All sockets must be of one user, socket(7). Otherwise anybody could take
//!   a part of your connections.

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
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..count {
        listeners.push(listen(address)?);
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
