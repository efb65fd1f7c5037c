//! Rejected by: waiting_costs_nothing
//!
//! It sleeps a millisecond and asks, again and again: a hundred times where
//! one call would do.

use std::io;
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollTimeout, poll};
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
            Err(Errno::EAGAIN) => {
                // A signal may end it before; never mind.
                let _ = poll(&mut [], PollTimeout::from(1u8));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Came::Full)
}
