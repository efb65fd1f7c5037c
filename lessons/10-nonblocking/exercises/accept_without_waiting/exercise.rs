//! Take all connections that wait, and come back at once.
//!
//! A server with one thread has other things to do than to wait for the next
//! client. It looks in from time to time, takes who is there, and goes on.
//! Write the listener that doesn't wait, and the function that empties its
//! queue.
//!
//! - `listen`: a listener of which `accept` doesn't wait.
//! - `take_waiting` calls `accept` until nobody is left, or until it has got
//!   `most` connections: others want to be served, too. It puts them into
//!   `taken`, behind those that are there, in the order in which they come.
//! - Nobody left (EAGAIN) is the ordinary end: `Ok(())`.
//! - The streams are non-blocking, as the listener is. On Linux `accept`
//!   doesn't hand that down (accept(2)).
//! - A connection may have failed before it was taken. `accept` then fails
//!   with the trouble of that one connection: ECONNABORTED, or one of those
//!   that accept(2) names for TCP (ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN,
//!   ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH). There is no stream; go
//!   on with the next. A signal (EINTR) is no reason to stop either.
//! - All other errors end it, and the caller is told: no descriptor left
//!   (EMFILE) is one. Don't call again then. What was taken before stays
//!   taken.
//!
//! `accept` is `|| listener.accept().map(|(stream, _)| stream)`, or what
//! plays it in a check. `ErrorKind` has no name for some of these errors:
//! compare `error.raw_os_error()` with `Some(Errno::EPROTO as i32)`, where
//! `Errno` is `nix::errno::Errno`.
//!
//! Check it: `cargo workbook check accept_without_waiting`
//!
//! Read chapter 10, "A call that does not wait" and "What is inherited".

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Listens at `address`; `accept` won't wait.
///
/// # Errors
///
/// What `bind(2)` and the like fail with.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    todo!("bind, and one more call")
}

/// Takes up to `most` connections that wait, and appends them to `taken`.
///
/// # Errors
///
/// What keeps the listener from giving any: EMFILE, for example.
pub fn take_waiting(
    accept: &mut dyn FnMut() -> io::Result<TcpStream>,
    most: usize,
    taken: &mut Vec<TcpStream>,
) -> io::Result<()> {
    todo!("accept, until nobody is left or there are enough")
}
