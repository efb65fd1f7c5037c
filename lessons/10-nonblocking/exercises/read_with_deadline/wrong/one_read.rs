//! Rejected by: what_drips_in_time_is_collected, the_end_is_told_from_a_pause
//!
//! One wait and one read: what has come by then is all there is.

use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv};

/// What has come. The number is that of the bytes in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// As many bytes as the buffer holds.
    Full,
    /// So many, and then the end: no more will come.
    End(usize),
    /// So many by the deadline: more may come.
    Late(usize),
}

/// Fills `buffer` with what comes until `deadline`.
///
/// # Errors
///
/// What the connection fails with.
pub fn read_with_deadline(
    stream: &TcpStream,
    buffer: &mut [u8],
    deadline: Instant,
) -> io::Result<Came> {
    if buffer.is_empty() {
        return Ok(Came::Full);
    }
    loop {
        match recv(stream.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(0) => return Ok(Came::End(0)),
            Ok(count) if count == buffer.len() => return Ok(Came::Full),
            Ok(count) => return Ok(Came::Late(count)),
            Err(Errno::EAGAIN) if Instant::now() >= deadline => {
                return Ok(Came::Late(0));
            }
            Err(Errno::EAGAIN) => wait(stream, deadline)?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Waits until there is something to read, the deadline, or a signal.
fn wait(stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    let left = left.saturating_add(Duration::from_micros(999));
    let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
    let fd = PollFd::new(stream.as_fd(), PollFlags::POLLIN);
    match poll(&mut [fd], timeout) {
        // EINTR: a signal arrived. poll(2) is never restarted by itself, and
        // the caller looks at the time before it waits again.
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
