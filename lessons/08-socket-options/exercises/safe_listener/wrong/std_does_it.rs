//! Rejected by: the_queue_has_the_length_asked_for
//!
//! std's listener sets the option, and all is well but the queue: std chooses
//! its length.

use std::io;
use std::net::{SocketAddr, TcpListener};

/// Listens at `address`. Up to `queue` connections wait to be accepted.
///
/// # Errors
///
/// What the kernel says: `AddrInUse` while another socket listens there.
pub fn listen(address: SocketAddr, queue: i32) -> io::Result<TcpListener> {
    TcpListener::bind(address)
}
