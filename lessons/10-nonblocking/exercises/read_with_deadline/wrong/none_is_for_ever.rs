//! Rejected by: a_past_deadline_does_not_wait, the_socket_stays_as_it_was, neither_its_time_out_nor_its_mode_shortens_the_wait, signals_do_not_prolong_the_wait, a_drip_does_not_prolong_the_wait
//!
//! Where no time is left, there is none to give: to the socket that means
//! for ever.

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
    let left = deadline.checked_duration_since(Instant::now());
    stream.set_read_timeout(left)?;
    let mut stream = stream;
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(Came::End(filled)),
            Ok(count) => filled += count,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                return Ok(Came::Late(filled));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Came::Full)
}
