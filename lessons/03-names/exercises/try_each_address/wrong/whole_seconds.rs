//! Rejected by: an_address_that_answers_is_connected_to, a_refusal_is_no_reason_to_give_up, the_first_that_answers_is_taken, behind_the_first_answer_nobody_is_asked, silence_is_given_up, behind_silence_the_next_is_tried, the_last_error_is_returned, the_connection_can_be_used
//!
//! The patience is counted in seconds. Of 100 ms nothing is left, and a connect
//! without time fails before it has begun.

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
    let patience = Duration::from_secs(patience.as_secs());
    for address in addresses {
        match TcpStream::connect_timeout(address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
