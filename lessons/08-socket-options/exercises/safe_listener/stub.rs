//! Open a listener that can be restarted, and shares its port with nobody.
//!
//! A server that is restarted must get its port back at once, even while old
//! connections are in TIME-WAIT or still open. But while another server
//! listens at the port, it must not get it. Write what opens such a listener,
//! call by call: socket, setsockopt, bind, listen.
//!
//! - `queue` is how many connections may wait to be accepted: what listen(2)
//!   is given.
//! - A program that your server starts doesn't inherit the listener.
//! - When a call fails, its error is returned as it is, at once. Another port
//!   isn't what was asked for, and it is the caller who knows whether to wait.
//!
//! `std::net::TcpListener::bind` sets the option for you, which is why you
//! may never have needed it. It takes no length for the queue, though. Use
//! `socket2::Socket`: the right four or five calls, in the right order.
//! `Socket::into` makes a `TcpListener` of it.
//!
//! Check it: `cargo workbook check safe_listener`
//!
//! Read chapter 08, "Who may bind".

use std::io;
use std::net::{SocketAddr, TcpListener};

/// Listens at `address`. Up to `queue` connections wait to be accepted.
///
/// # Errors
///
/// What the kernel says: `AddrInUse` while another socket listens there.
pub fn listen(address: SocketAddr, queue: i32) -> io::Result<TcpListener> {
    todo!("which option, and before which call?")
}
