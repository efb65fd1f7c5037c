//! What to notice:
//!
//! - `retry` is right for one system call, and wrong for a function that
//!   makes several: its first calls may have done something by then.
//! - A read or a write that has moved bytes before the signal gives their
//!   number, and no error (signal(7)). So EINTR means that nothing was done,
//!   and to call again loses nothing.
//! - `readable` must not be `retry` around poll: the whole time would begin
//!   anew with each signal. It waits until a moment.
//! - A read and the write of what was read are retried apart. If both are
//!   one step, a signal in the write reads again, over what isn't written.

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
    loop {
        match call() {
            // EINTR: a signal arrived; signal(7) says try again.
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
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
