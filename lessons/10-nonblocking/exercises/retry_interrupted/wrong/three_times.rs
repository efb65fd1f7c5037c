//! Rejected by: an_interrupted_call_is_made_again
//!
//! Three signals are thought to be enough.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Makes a call until no signal interrupts it.
///
/// # Errors
///
/// Each error but EINTR, at once.
pub fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..3 {
        match call() {
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
    call()
}

/// Waits until `stream` has something to read, or for `wait`.
///
/// # Errors
///
/// Those of `poll(2)`, but EINTR.
pub fn readable(stream: &TcpStream, wait: Duration) -> io::Result<bool> {
    let deadline = Instant::now().checked_add(wait);
    loop {
        let left = deadline.map_or(Duration::MAX, |end| {
            end.saturating_duration_since(Instant::now())
        });
        // In milliseconds, rounded up.
        let timeout = left.saturating_add(Duration::from_micros(999));
        let timeout = PollTimeout::try_from(timeout);
        let mut fds = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, timeout.unwrap_or(PollTimeout::MAX)) {
            Ok(0) | Err(Errno::EINTR) if left.is_zero() => return Ok(false),
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Passes on all bytes until the end, and says how many.
///
/// # Errors
///
/// Those of a read or a write, but EINTR; `WriteZero`.
pub fn relay(from: &mut impl Read, to: &mut impl Write) -> io::Result<u64> {
    let mut buffer = [0; 4096];
    let mut total = 0;
    loop {
        let count = retry(|| from.read(&mut buffer))?;
        if count == 0 {
            return Ok(total);
        }
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            let taken = retry(|| to.write(rest))?;
            if taken == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            rest = &rest[taken..];
        }
        total += count as u64;
    }
}
