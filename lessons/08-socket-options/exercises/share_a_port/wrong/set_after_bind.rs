//! Rejected by: as_many_listen_as_were_asked_for, all_have_the_same_port, each_is_a_socket_of_its_own, every_connection_reaches_one_of_them, a_worker_can_join_later, a_port_that_was_asked_for_is_given
//!
//! The option is set when the socket is bound, which is too late.

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
    socket.bind(&address.into())?;
    socket.set_reuse_port(true)?;
    socket.listen(QUEUE)?;
    Ok(socket.into())
}
