//! What to notice:
//!
//! - There are four kinds of answers: a connection; nobody is there; this one
//!   connection is broken; the listener, or the program, is in trouble. Each
//!   asks for something else.
//! - EMFILE leaves the connection in the queue. Whoever tries again at once
//!   fails again, thousands of times in a second.
//! - `taken` belongs to the caller, so an error at the fourth connection
//!   doesn't cost the first three.
//! - `set_nonblocking` is called for each stream. BSD hands O_NONBLOCK down,
//!   Linux doesn't; `accept4(2)` with SOCK_NONBLOCK does it in one call.
//! - On Linux a connection that the peer has reset is taken as others are:
//!   the first read says ECONNRESET. So nothing may be asked of the stream
//!   here; `peer_addr` would fail.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};

use nix::errno::Errno;

/// Listens at `address`; `accept` won't wait.
///
/// # Errors
///
/// What `bind(2)` and the like fail with.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
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
    let enough = taken.len().saturating_add(most);
    while taken.len() < enough {
        match accept() {
            Ok(stream) => {
                stream.set_nonblocking(true)?;
                taken.push(stream);
            }
            // accept(2): EAGAIN, no connections are present.
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(e) if is_about_one_connection(&e) => {}
            // EINTR: a signal arrived; signal(7) says try again.
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// accept(2), "Error handling": "already-pending network errors on the new
/// socket", for TCP, and ECONNABORTED.
fn is_about_one_connection(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw);
    matches!(
        errno,
        Some(
            Errno::ECONNABORTED
                | Errno::ENETDOWN
                | Errno::EPROTO
                | Errno::ENOPROTOOPT
                | Errno::EHOSTDOWN
                | Errno::ENONET
                | Errno::EHOSTUNREACH
                | Errno::EOPNOTSUPP
                | Errno::ENETUNREACH
        )
    )
}
