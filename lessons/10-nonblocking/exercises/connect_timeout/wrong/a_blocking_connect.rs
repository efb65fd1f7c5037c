//! Rejected by: nobody_answers_in_time, what_is_given_up_is_closed, zero_does_not_wait, a_signal_does_not_end_the_wait, waiting_costs_nothing, signals_do_not_prolong_the_wait
//!
//! The wait is for reads and writes; connect waits as long as it likes.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to `to` within `wait`.
///
/// # Errors
///
/// `TimedOut` when the time is over; else what `connect(2)` fails with, at
/// once or later.
pub fn connect_timeout(
    to: SocketAddr,
    wait: Duration,
) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(to)?;
    if !wait.is_zero() {
        stream.set_read_timeout(Some(wait))?;
    }
    Ok(stream)
}
