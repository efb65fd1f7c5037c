//! Rejected by: a_signal_does_not_end_the_wait, signals_do_not_prolong_the_wait
//!
//! A signal is taken for a failure of the connection.

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
    let mut filled = 0;
    while filled < buffer.len() {
        let rest = &mut buffer[filled..];
        match recv(stream.as_raw_fd(), rest, MsgFlags::MSG_DONTWAIT) {
            Ok(0) => return Ok(Came::End(filled)),
            Ok(count) => filled += count,
            // recv(2): EAGAIN, nothing is there.
            Err(Errno::EAGAIN) if Instant::now() >= deadline => {
                return Ok(Came::Late(filled));
            }
            Err(Errno::EAGAIN) => wait(stream, deadline)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Came::Full)
}

/// Waits until there is something to read, the deadline, or a signal.
fn wait(stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    let left = left.saturating_add(Duration::from_micros(999));
    let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
    let fd = PollFd::new(stream.as_fd(), PollFlags::POLLIN);
    match poll(&mut [fd], timeout) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
