//! Rejected by: the_connection_can_be_used
//!
//! The stream is shut down before it is returned, so that nothing is left open
//! when the function ends.

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
            Ok(stream) => {
                stream.shutdown(std::net::Shutdown::Write)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
