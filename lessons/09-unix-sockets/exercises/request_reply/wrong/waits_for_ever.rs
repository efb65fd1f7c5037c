//! Rejected by: no_answer_is_told_in_time
//!
//! No limit is set, since a Unix datagram doesn't get lost.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

/// A file that is removed at the end.
struct Gone<'a>(&'a Path);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
    }
}

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
    let _file = Gone(own);
    socket.connect(server)?;
    let _ = patience;
    socket.send(question)?;
    match socket.recv(answer) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => {
            Err(ErrorKind::TimedOut.into())
        }
        end => end,
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
