//! Rejected by: no_answer_is_told_in_time, a_server_that_is_gone_is_told_at_once, a_server_that_never_was_is_told_at_once
//!
//! The file goes when all has gone well.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

/// Asks the server at `server`, from a socket at `own`. The answer goes into
/// `answer`; this is its length.
pub fn ask(
    server: &Path,
    own: &Path,
    question: &[u8],
    answer: &mut [u8],
    patience: Duration,
) -> io::Result<usize> {
    let socket = UnixDatagram::bind(own)?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(patience))?;
    socket.send(question)?;
    match socket.recv(answer) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => {
            Err(ErrorKind::TimedOut.into())
        }
        end => {
            fs::remove_file(own)?;
            end
        }
    }
}

/// Takes a question of at most 512 bytes, and sends what `work` makes of it.
/// Whether the answer was sent.
pub fn answer_one(
    socket: &UnixDatagram,
    work: impl FnOnce(&[u8]) -> Vec<u8>,
) -> io::Result<bool> {
    let mut question = [0; 512];
    let (count, from) = socket.recv_from(&mut question)?;
    let Some(to) = from.as_pathname() else { return Ok(false) };
    let answer = work(&question[..count]);
    socket.set_nonblocking(true)?;
    let sent = socket.send_to(&answer, to);
    socket.set_nonblocking(false)?;
    match sent {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock
            | ErrorKind::ConnectionRefused
            | ErrorKind::NotFound => Ok(false),
            _ => Err(error),
        },
    }
}
