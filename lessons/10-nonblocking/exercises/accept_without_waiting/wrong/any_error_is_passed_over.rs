//! Rejected by: a_full_table_is_told, trouble_with_the_listener_is_told
//!
//! It goes on after each error, in the hope that it passes.

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
            Err(_) => {}
        }
    }
    Ok(())
}
