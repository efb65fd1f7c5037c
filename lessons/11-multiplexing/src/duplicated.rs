//! Closing a descriptor ends its registration with epoll, unless the same
//! open file has another descriptor somewhere.
//!
//! "A file descriptor is removed from an interest list only after all the
//! file descriptors referring to the underlying open file description have
//! been closed" (epoll(7)). What is registered is the pair of a number and
//! an open file. Without the number, nobody can name it any more.
//!
//! ```text
//! a (closed) ┄┄┐
//!              ├─→ open file ──→ "hello"
//! b (a dup) ───┘       ↑
//!                epoll's entry: (a, open file)
//! ```

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Epoll, Interest, Poller};
use narrator::{explain, line, say};
use nix::libc::{POLLIN, POLLNVAL};
use nix::sys::epoll::{
    EpollCreateFlags, EpollEvent, EpollFlags, EpollOp, EpollTimeout,
};

use crate::by_number::{self, Set};

/// Events of a closed descriptor after which this program stops counting.
const ENOUGH: usize = 1000;

/// A registration that nobody can end, and how not to get one.
pub fn run() -> io::Result<()> {
    ghost()?;
    line("");
    others()?;
    line("");
    the_right_order()
}

/// What came of a call, in the words of errno(3).
fn outcome(result: nix::Result<()>) -> String {
    match result {
        Ok(()) => "done".to_string(),
        Err(errno) => explain(&errno.into()),
    }
}

// ANCHOR: ghost
fn ghost() -> io::Result<()> {
    use EpollOp::{EpollCtlAdd as ADD, EpollCtlDel as DEL};
    let epoll = nix::sys::epoll::Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let (first, mut peer) = UnixStream::pair()?;
    let a = first.as_raw_fd();
    let control =
        |what, fd| by_number::epoll_ctl(&epoll, what, fd, EpollFlags::EPOLLIN);

    say(
        "program",
        "epoll_ctl",
        format_args!("ADD a: {}", outcome(control(ADD, a))),
    );
    say(
        "program",
        "epoll_ctl",
        format_args!("ADD a: {}", outcome(control(ADD, a))),
    );
    let second = first.try_clone()?;
    say("program", "dup", "b, another number for the same open file");
    drop(first);
    say("program", "close", "a");
    peer.write_all(b"hello")?;
    say("peer", "send", "\"hello\"");

    let mut ghosts = 0;
    while ghosts < ENOUGH && reported(&epoll)? == Some(a) {
        ghosts += 1;
    }
    say("program", "epoll_wait", format_args!("a, {ghosts} times in a row"));
    say("program", "recv", format_args!("a: {}", outcome(received(a))));
    say(
        "program",
        "epoll_ctl",
        format_args!("DEL a: {}", outcome(control(DEL, a))),
    );
    say(
        "program",
        "epoll_ctl",
        format_args!("DEL b: {}", outcome(control(DEL, second.as_raw_fd()))),
    );

    let (stranger, _stranger_peer) = UnixStream::pair()?;
    stranger.set_nonblocking(true)?;
    let number = stranger.as_raw_fd() == a;
    let number = if number { "the number of a" } else { "another number" };
    say("program", "socketpair", format_args!("a new one: {number}"));
    let wait = reported(&epoll)?;
    say("program", "epoll_wait", if wait == Some(a) { "a" } else { "nothing" });
    say("program", "recv", format_args!("a: {}", outcome(received(a))));

    drop(second);
    say("program", "close", "b, the last of the open file");
    let wait = reported(&epoll)?;
    say("program", "epoll_wait", if wait == Some(a) { "a" } else { "nothing" });
    Ok(())
}
// ANCHOR_END: ghost

/// The number that an event has, if there is one now.
fn reported(epoll: &nix::sys::epoll::Epoll) -> io::Result<Option<RawFd>> {
    let mut room = [EpollEvent::empty()];
    let count = epoll.wait(&mut room, EpollTimeout::ZERO)?;
    Ok((count == 1).then(|| room[0].data() as RawFd))
}

fn received(fd: RawFd) -> nix::Result<()> {
    let flags = nix::sys::socket::MsgFlags::MSG_DONTWAIT;
    nix::sys::socket::recv(fd, &mut [0; 16], flags).map(drop)
}

/// What select and poll say of a number that is closed: they go by numbers.
fn others() -> io::Result<()> {
    let (first, _peer) = UnixStream::pair()?;
    let _second = first.try_clone()?;
    let a = first.as_raw_fd();
    drop(first);
    say("program", "close", "a, of which there is a dup, b");
    let (word, bit) = by_number::place(a);
    let mut sets = [Set::default(); 3];
    sets[0][word] |= bit;
    let answer = outcome(by_number::select(a, &mut sets));
    say("program", "select", format_args!("a: {answer}"));
    let answer = by_number::poll(a, POLLIN, 0)?;
    let answer = if answer == POLLNVAL { "POLLNVAL" } else { "ready" };
    say("program", "poll", format_args!("a: {answer}"));
    Ok(())
}

// ANCHOR: order
/// First off the list, then closed.
fn the_right_order() -> io::Result<()> {
    let mut poller = Epoll::new()?;
    let mut events = Vec::new();
    let (first, mut peer) = UnixStream::pair()?;
    let mut second = first.try_clone()?;
    poller.register(first.as_fd(), Interest::READ)?;
    say("program", "epoll_ctl", "ADD a, of which there is a dup, b");

    poller.unregister(first.as_fd())?;
    drop(first);
    say("program", "epoll_ctl", "DEL a, and then close a");
    peer.write_all(b"hello")?;
    say("peer", "send", "\"hello\"");
    poller.wait(Some(Duration::ZERO), &mut events)?;
    say(
        "program",
        "epoll_wait",
        if events.is_empty() { "nothing" } else { "a" },
    );
    let count = second.read(&mut [0; 16])?;
    say("program", "recv", format_args!("b: {count} bytes, as it works on"));
    Ok(())
}
// ANCHOR_END: order
