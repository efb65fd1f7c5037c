//! select's sets have 1024 bits, one for each *number* from 0 to 1023.
//!
//! "select() can monitor only file descriptors numbers that are less than
//! FD_SETSIZE (1024)" (select(2)). Not how many are watched matters, but
//! which numbers they have: two sockets are enough.
//!
//! ```text
//! fd_set    word 0    word 1    …    word 15  │  what lies behind it
//! numbers   0 … 63    64 … 127       … 1023   │  1024 …
//! ```

use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Interest, Mechanism};
use narrator::say;
use nix::libc::FD_SETSIZE;

use crate::by_number::{self, Set};
use crate::limit;

/// The first number that select doesn't take.
const TOO_LARGE: RawFd = FD_SETSIZE as RawFd;

/// One socket, under the last number that select takes and the next.
pub fn run() -> io::Result<()> {
    limit::allow(FD_SETSIZE as u64 + 1)?;
    let (ours, mut peer) = UnixStream::pair()?;
    say("program", "socketpair", "two sockets, and no more are made");
    peer.write_all(b"hello")?;
    say("peer", "send", "\"hello\"");
    for number in [TOO_LARGE - 1, TOO_LARGE] {
        let same = by_number::duplicate(&ours, number)?;
        say("program", "fcntl", format_args!("F_DUPFD: {number}, the same"));
        for with in Mechanism::ALL {
            say(&with.to_string(), "wait", ask(with, same.as_fd())?);
        }
    }
    let same = by_number::duplicate(&ours, TOO_LARGE)?;
    behind(same.as_fd())
}

// ANCHOR: ask
fn ask(with: Mechanism, socket: BorrowedFd<'_>) -> io::Result<String> {
    let mut poller = with.poller()?;
    let mut events = Vec::new();
    // The macros of select(2) don't look whether a number fits. The lesson's
    // register does.
    match poller.register(socket, Interest::READ) {
        Err(e) if e.kind() == ErrorKind::InvalidInput => {
            return Ok("refused: its sets have no such bit".to_string());
        }
        other => other?,
    }
    poller.wait(Some(Duration::ZERO), &mut events)?;
    let answers = events.iter().map(|e| format!("{} is {}", e.fd, e.ready));
    Ok(answers.collect())
}
// ANCHOR_END: ask

// ANCHOR: behind
/// What FD_SET does with the number 1024, in a set that has room behind it.
fn behind(socket: BorrowedFd<'_>) -> io::Result<()> {
    let mut sets = [Set::default(); 3];
    let end = FD_SETSIZE / 64;
    let (word, bit) = by_number::place(socket.as_raw_fd());
    say("program", "fd_set", format_args!("words 0 to {}", end - 1));
    sets[0][word] |= bit;
    say("program", "FD_SET", format_args!("1024: a bit in word {word}"));

    by_number::select(socket.as_raw_fd(), &mut sets)?;
    let answer = if sets[0][word] & bit != 0 { "readable" } else { "nothing" };
    say("kernel", "select", format_args!("reads that word, too: {answer}"));
    Ok(())
}
// ANCHOR_END: behind
