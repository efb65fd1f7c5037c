//! Rejected by: signals_do_not_prolong_the_wait
//!
//! poll is called again as any other call, for the whole time.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::Duration;

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
    let wait = wait.saturating_add(Duration::from_micros(999));
    let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
    retry(|| {
        let mut fds = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
        Ok(poll(&mut fds, timeout)? > 0)
    })
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
