//! Rejected by: the_socket_stays_as_it_was
//!
//! The socket is made non-blocking, and stays so.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

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
    stream.set_nonblocking(true)?;
    let mut filled = 0;
    while filled < buffer.len() {
        let mut from = stream;
        match from.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(Came::End(filled)),
            Ok(count) => filled += count,
            Err(e) if e.kind() != ErrorKind::WouldBlock => return Err(e),
            Err(_) if Instant::now() >= deadline => {
                return Ok(Came::Late(filled));
            }
            Err(_) => wait(stream, deadline)?,
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
        // EINTR: a signal arrived. poll(2) is never restarted by itself, and
        // the caller looks at the time before it waits again.
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
