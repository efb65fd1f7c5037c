//! A close after which the last word arrives.
//!
//! To close a connection with bytes unread is a reset, and can take away what
//! the peer hasn't read yet: close(2) of a TCP socket, RFC 1122, section
//! 4.2.2.13. So say that nothing more comes, and read until the peer has
//! finished, too. But not for ever, however slowly it sends.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, Shutdown, recv, shutdown};

/// How long it takes at most, from the last word on.
const LINGER: Duration = Duration::from_secs(5);
/// How many bytes are read at most.
const MOST: usize = 1024 * 1024;

/// Shuts the writing side, and reads what comes until the end or a limit. The
/// caller closes.
///
/// # Errors
/// Those of shutdown(2) and recv(2): ENOTCONN and ECONNRESET, when the peer
/// has gone.
pub(crate) fn hang_up(stream: BorrowedFd<'_>) -> io::Result<()> {
    hang_up_by(stream, Instant::now() + LINGER)
}

fn hang_up_by(stream: BorrowedFd<'_>, end: Instant) -> io::Result<()> {
    shutdown(stream.as_raw_fd(), Shutdown::Write)?;
    let (mut waste, mut all) = ([0; 4096], 0);
    while all < MOST && Instant::now() < end {
        let mut watched = [PollFd::new(stream, PollFlags::POLLIN)];
        match poll(&mut watched, left(end)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        match recv(stream.as_raw_fd(), &mut waste, MsgFlags::MSG_DONTWAIT) {
            Ok(0) => return Ok(()),
            Ok(count) => all += count,
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// How long poll(2) may wait, rounded up: a wait that ends too soon is a turn
/// for nothing.
pub(crate) fn left(end: Instant) -> PollTimeout {
    let left = end.saturating_duration_since(Instant::now());
    let millis = left.as_micros().div_ceil(1000);
    PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::socket::{setsockopt, sockopt};
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::sync::mpsc;
    use std::thread;
    use support::peer::connection;

    /// How long anything may take, on a busy machine.
    const LONG: Duration = Duration::from_secs(60);
    /// For waits that a test wants to see the end of.
    const SHORT: Duration = Duration::from_millis(100);

    #[test]
    fn a_peer_that_has_finished_is_not_waited_for() {
        let (client, server) = connection().unwrap();
        drop(client);
        let (done, is_done) = mpsc::channel();
        thread::spawn(move || {
            let end = Instant::now() + 2 * LONG;
            done.send(hang_up_by(server.as_fd(), end))
        });
        is_done.recv_timeout(LONG).expect("it ends").unwrap();
    }

    #[test]
    fn what_nobody_has_read_takes_no_word_away() {
        let (mut client, mut server) = connection().unwrap();
        client.write_all(&[b'x'; 10_000]).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        // A word so long that a part of it still waits here to be sent.
        server.set_nonblocking(true).unwrap();
        let mut sent = 0;
        while let Ok(count) = server.write(&[b'n'; 100_000]) {
            sent += count;
        }
        hang_up(server.as_fd()).unwrap();
        drop(server);
        let mut word = Vec::new();
        client.read_to_end(&mut word).unwrap();
        assert_eq!(word.len(), sent);
    }

    #[test]
    fn the_peer_sees_the_end_while_it_may_still_send() {
        let (mut client, server) = connection().unwrap();
        let end = Instant::now() + 2 * LONG;
        let server = thread::spawn(move || hang_up_by(server.as_fd(), end));
        client.set_read_timeout(Some(LONG)).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        client.write_all(b"x").unwrap();
        drop(client);
        server.join().unwrap().unwrap();
    }

    #[test]
    fn who_says_nothing_is_left_when_the_time_is_over() {
        let (_client, server) = connection().unwrap();
        let (done, is_done) = mpsc::channel();
        thread::spawn(move || {
            done.send(hang_up_by(server.as_fd(), Instant::now() + SHORT))
        });
        is_done.recv_timeout(LONG).expect("it ends").unwrap();
    }

    #[test]
    fn who_sends_on_slowly_is_left_when_the_time_is_over() {
        let (mut client, server) = connection().unwrap();
        // So little is on its way that what was sent is what was read.
        setsockopt(&client, sockopt::SndBuf, &4096).unwrap();
        setsockopt(&server, sockopt::RcvBuf, &4096).unwrap();
        let end = Instant::now() + SHORT;
        let server = thread::spawn(move || hang_up_by(server.as_fd(), end));
        let mut sent = 0;
        while client.write(b"x").is_ok() {
            sent += 1;
            assert!(sent < MOST, "it reads on and on");
        }
        server.join().unwrap().unwrap();
    }

    #[test]
    fn who_never_ends_is_left_after_a_megabyte() {
        let (mut client, server) = connection().unwrap();
        let server = thread::spawn(move || hang_up(server.as_fd()));
        let mut sent = 0;
        while client.write(&[b'x'; 4096]).is_ok() {
            sent += 4096;
            assert!(sent < 100_000_000, "it reads on and on");
        }
        server.join().unwrap().unwrap();
    }
}
