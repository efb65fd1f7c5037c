//! Rejected by: behind_silence_the_next_is_tried, the_last_error_is_returned
//!
//! The patience is for all addresses together: the first silent one uses it up.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Connects to the first of the addresses that answers within `patience`.
pub fn connect_to_any(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<TcpStream> {
    let kind = io::ErrorKind::InvalidInput;
    let mut last = io::Error::new(kind, "no address to connect to");
    let end = Instant::now() + patience;
    for address in addresses {
        let left = end.saturating_duration_since(Instant::now());
        match TcpStream::connect_timeout(address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) if left.is_zero() => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}
