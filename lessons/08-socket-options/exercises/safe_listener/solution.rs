//! What to notice:
//!
//! - The option comes before bind: it is bind that looks at it.
//! - bind looks at both sides. The connections of the first run must have had
//!   the option, too, and they have it from the listener that accepted them.
//!   A program that sets it only when bind has failed comes too late by one
//!   run.
//! - SO_REUSEPORT would let the restart succeed as well, and a second server
//!   beside the first, which gets half of the connections.
//! - `Socket::new` sets SOCK_CLOEXEC. Without it a child of the old server
//!   would keep the listener open, and the port with it.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

/// Listens at `address`. Up to `queue` connections wait to be accepted.
///
/// # Errors
///
/// What the kernel says: `AddrInUse` while another socket listens there.
pub fn listen(address: SocketAddr, queue: i32) -> io::Result<TcpListener> {
    let family = Domain::for_address(address);
    let socket = Socket::new(family, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(queue)?;
    Ok(socket.into())
}
