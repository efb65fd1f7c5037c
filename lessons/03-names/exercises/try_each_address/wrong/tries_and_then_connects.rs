//! Rejected by: one_connection_is_made, the_connection_can_be_used
//!
//! Whether an address answers is tried first, and then it is connected to.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to the first of the addresses that answers within `patience`.
pub fn connect_to_any(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<TcpStream> {
    let kind = io::ErrorKind::InvalidInput;
    let mut last = io::Error::new(kind, "no address to connect to");
    for address in addresses {
        match TcpStream::connect_timeout(address, patience) {
            Ok(_) => return TcpStream::connect_timeout(address, patience),
            Err(error) => last = error,
        }
    }
    Err(last)
}
