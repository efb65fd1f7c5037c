//! Rejected by: no_address_is_an_error
//!
//! There is always an address, so there is always a last error.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to the first of the addresses that answers within `patience`.
pub fn connect_to_any(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<TcpStream> {
    let mut last = None;
    for address in addresses {
        match TcpStream::connect_timeout(address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap())
}
