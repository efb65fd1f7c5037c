//! Rejected by: what_came_before_the_deadline_is_kept, it_waits_until_the_deadline, a_past_deadline_does_not_wait, the_socket_stays_as_it_was, waiting_costs_nothing
//!
//! The socket's own time-out is what it has to go by, with a look at the
//! clock in between.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::time::Instant;

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
        if Instant::now() >= deadline {
            return Ok(Came::Late(filled));
        }
        let mut stream = stream;
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(Came::End(filled)),
            Ok(count) => filled += count,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Came::Full)
}
