//! Rejected by: behind_silence_the_next_is_tried, silence_is_given_up, the_last_error_is_returned
//!
//! `TcpStream::connect` takes all addresses at once, and does everything but
//! bound the time.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to the first of the addresses that answers within `patience`.
pub fn connect_to_any(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<TcpStream> {
    TcpStream::connect(addresses)
}
