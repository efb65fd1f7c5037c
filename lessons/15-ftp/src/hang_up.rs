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
    shutdown(stream.as_raw_fd(), Shutdown::Write)?;
    let end = Instant::now() + LINGER;
    let (mut waste, mut all) = ([0; 4096], 0);
    while all < MOST {
        let mut watched = [PollFd::new(stream, PollFlags::POLLIN)];
        match poll(&mut watched, left(end)) {
            Ok(0) if Instant::now() >= end => return Ok(()),
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
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;
    use std::thread;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        (client.unwrap(), listener.accept().unwrap().0)
    }

    #[test]
    fn a_peer_that_has_finished_is_not_waited_for() {
        let (client, server) = pair();
        drop(client);
        hang_up(server.as_fd()).unwrap();
    }

    #[test]
    fn what_the_peer_still_sends_takes_no_word_away() {
        let (mut client, mut server) = pair();
        client.write_all(&[b'x'; 100_000]).unwrap();
        server.write_all(b"no").unwrap();
        let server = thread::spawn(move || hang_up(server.as_fd()));
        let mut word = String::new();
        client.read_to_string(&mut word).unwrap();
        assert_eq!(word, "no");
        drop(client);
        server.join().unwrap().unwrap();
    }

    #[test]
    fn who_never_ends_is_left_after_a_megabyte() {
        let (mut client, server) = pair();
        let server = thread::spawn(move || hang_up(server.as_fd()));
        let mut sent = 0;
        while client.write(&[b'x'; 4096]).is_ok() {
            sent += 4096;
            assert!(sent < 100_000_000, "it reads on and on");
        }
        server.join().unwrap().unwrap();
    }
}
