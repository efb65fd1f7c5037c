//! What to notice:
//!
//! - The error for "no address" is there before the loop, and every attempt
//!   that fails puts its own in its place. So there is always one to return,
//!   and nothing to unwrap.
//! - `return` in the loop is what makes the first answer the last attempt. A
//!   list of all connections would keep servers busy that nobody talks to.
//! - A refusal comes at once, silence takes the whole patience. One silent
//!   address in front makes every connection slow: browsers therefore start the
//!   next attempt after a quarter of a second and keep the first that succeeds
//!   (RFC 8305, "Happy Eyeballs").
//! - To ask first whether an address answers, and then to connect, makes two
//!   connections; and the answer may be out of date by then.

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
            Err(error) => last = error,
        }
    }
    Err(last)
}
