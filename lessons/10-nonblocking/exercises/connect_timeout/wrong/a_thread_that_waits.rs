//! Rejected by: what_is_given_up_is_closed
//!
//! A thread connects. When the time is over it isn't waited for, but it goes
//! on, and so does its socket.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
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
    let (done, connected) = mpsc::channel();
    thread::spawn(move || {
        // Nobody may be waiting any more.
        let _ = done.send(TcpStream::connect(to));
    });
    match connected.recv_timeout(wait) {
        Ok(result) => result,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
