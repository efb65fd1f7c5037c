//! What the demos share that isn't their subject.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsFd;
use std::time::Duration;

use lesson_multiplexing::{Event, Interest, Poll, Poller};

/// Loopback, and a port that the kernel chooses.
pub const LOOPBACK: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);

/// How long something may take that comes at once on an idle machine.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Waits, for a signal too: a program that is stopped and goes on gets EINTR
/// from epoll_wait(2) without having a handler, says signal(7).
pub fn wait(
    poller: &mut dyn Poller,
    limit: Duration,
    events: &mut Vec<Event>,
) -> io::Result<()> {
    loop {
        match poller.wait(Some(limit), events) {
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            result => return result,
        }
    }
}

/// Waits until a socket can be read: what was sent to it has arrived.
///
/// A send over loopback returns when the bytes are on their way. On a busy
/// machine the kernel may deliver them a moment later.
pub fn settled(socket: impl AsFd) -> io::Result<()> {
    let mut poll = Poll::new();
    poll.register(socket.as_fd(), Interest::READ)?;
    let mut events = Vec::new();
    wait(&mut poll, LIMIT, &mut events)?;
    match events.len() {
        0 => Err(ErrorKind::TimedOut.into()),
        _ => Ok(()),
    }
}
