//! Rejected by: a_signal_does_not_end_the_wait, signals_do_not_prolong_the_wait
//!
//! A signal is taken for a failure to connect.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Socket, Type};

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
    let deadline = Instant::now().checked_add(wait);
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&to.into()) {
        Err(e) if e.raw_os_error() != Some(Errno::EINPROGRESS as i32) => {
            return Err(e);
        }
        _ => decided(&socket, deadline)?,
    }
    // connect(2): SO_ERROR tells whether it succeeded.
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    socket.set_nonblocking(false)?;
    Ok(socket.into())
}

/// Waits until the connection stands or has failed.
fn decided(socket: &Socket, deadline: Option<Instant>) -> io::Result<()> {
    loop {
        let left =
            deadline.map(|end| end.saturating_duration_since(Instant::now()));
        let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
        match poll(&mut fds, timeout(left)) {
            Ok(0) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if left.is_some_and(|left| left.is_zero()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

/// The time left in poll's milliseconds, rounded up; it takes 24 days at
/// most, and is asked again then.
fn timeout(left: Option<Duration>) -> PollTimeout {
    let left = left.unwrap_or(Duration::MAX);
    let left = left.saturating_add(Duration::from_micros(999));
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}
