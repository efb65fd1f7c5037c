//! Rejected by: what_drips_in_time_is_collected, it_waits_until_the_deadline, neither_its_time_out_nor_its_mode_shortens_the_wait, a_signal_does_not_end_the_wait, waiting_costs_nothing, signals_do_not_prolong_the_wait
//!
//! Where nothing is there, it doesn't wait.

use std::io;
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::time::Instant;

use nix::errno::Errno;
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
    _deadline: Instant,
) -> io::Result<Came> {
    let mut filled = 0;
    while filled < buffer.len() {
        let rest = &mut buffer[filled..];
        match recv(stream.as_raw_fd(), rest, MsgFlags::MSG_DONTWAIT) {
            Ok(0) => return Ok(Came::End(filled)),
            Ok(count) => filled += count,
            // recv(2): EAGAIN, nothing is there.
            Err(Errno::EAGAIN) => return Ok(Came::Late(filled)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Came::Full)
}
