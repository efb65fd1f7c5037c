//! Rejected by: behind_silence_the_next_is_tried, the_last_error_is_returned
//!
//! A refusal leads to the next address, any other error is final.

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
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() != io::ErrorKind::ConnectionRefused => {
                return Err(error);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
