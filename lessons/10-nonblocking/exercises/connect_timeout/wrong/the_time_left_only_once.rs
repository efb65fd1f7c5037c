//! Rejected by: signals_do_not_prolong_the_wait
//!
//! After a signal the whole time is waited for again.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

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
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&to.into()) {
        Err(e) if e.raw_os_error() != Some(Errno::EINPROGRESS as i32) => {
            return Err(e);
        }
        _ => decided(&socket, wait)?,
    }
    // connect(2): SO_ERROR tells whether it succeeded.
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    socket.set_nonblocking(false)?;
    Ok(socket.into())
}

/// Waits until the connection stands or has failed.
fn decided(socket: &Socket, wait: Duration) -> io::Result<()> {
    loop {
        let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
        match poll(&mut fds, timeout(wait)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Err(Errno::EINTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The time left in poll's milliseconds, rounded up; it takes 24 days at
/// most, and is asked again then.
fn timeout(left: Duration) -> PollTimeout {
    let left = left.saturating_add(Duration::from_micros(999));
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}
