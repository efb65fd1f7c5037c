//! Rejected by: an_aborted_connection_is_passed_over, a_network_error_is_passed_over, a_signal_is_no_reason_to_stop
//!
//! Trouble with one connection is told as trouble with the listener.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};

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
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
