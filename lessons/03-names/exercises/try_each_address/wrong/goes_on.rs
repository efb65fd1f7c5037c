//! Rejected by: behind_the_first_answer_nobody_is_asked, the_first_that_answers_is_taken
//!
//! The loop goes on when an address has answered, and keeps the last that did.

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
    let mut found = None;
    for address in addresses {
        match TcpStream::connect_timeout(address, patience) {
            Ok(stream) => found = Some(stream),
            Err(error) => last = error,
        }
    }
    found.ok_or(last)
}
