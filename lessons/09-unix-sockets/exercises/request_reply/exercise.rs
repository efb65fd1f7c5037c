//! Ask a server by a Unix datagram, and answer one.
//!
//! A question and its answer, a datagram each. The client needs a name of its
//! own, or the server has nowhere to send the answer to; and that name is a
//! file that somebody must remove. The server must not be held up by a client
//! that doesn't take its answer. Write both sides.
//!
//! - `ask` sends the question from a socket at the path `own`, and waits for
//!   the answer of *this* server, as long as `patience` says: `TimedOut`
//!   after that. On every way out, the file at `own` is gone again.
//! - `answer_one` waits for one question and sends the answer to where it
//!   came from. It says whether the answer was sent. That a client has no
//!   name, is gone, or has no room left in its queue is that client's
//!   trouble: `false`, at once, and no error.
//!
//! A connected Unix datagram socket gets nothing from anybody but its peer.
//! A blocking receive whose time-out has run out says `WouldBlock`.
//!
//! Check it: `cargo workbook check request_reply`
//!
//! Read chapter 09, "Datagrams that wait".

use std::io;
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
    todo!("bind, connect, send, recv: and who removes the file?")
}

/// Takes a question of at most 512 bytes, and sends what `work` makes of it.
/// Whether the answer was sent.
pub fn answer_one(
    socket: &UnixDatagram,
    work: impl FnOnce(&[u8]) -> Vec<u8>,
) -> io::Result<bool> {
    todo!("to whom, and what if they don't take it?")
}
