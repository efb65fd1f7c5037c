//! What several demos say and ask for.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::sync::mpsc;
use std::thread;

use lesson_nonblocking::asleep::{Call, Thread};
use lesson_tcp::{LOOPBACK, connect, listener, local, state};
use narrator::{explain, say};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

/// How long a demo waits for what is sure to come, on a busy machine.
pub const PATIENCE: PollTimeout = PollTimeout::MAX;

// ANCHOR: flag
/// Whether calls on it return at once: O_NONBLOCK, `fcntl(2)`.
pub fn non_blocking(socket: impl AsFd) -> io::Result<bool> {
    let flags = fcntl(socket, FcntlArg::F_GETFL)?;
    Ok(OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK))
}
// ANCHOR_END: flag

/// Tells that a call was in vain, and why. One that was not is an error.
pub fn in_vain<T>(
    who: &str,
    call: &str,
    result: io::Result<T>,
) -> io::Result<ErrorKind> {
    match result {
        Ok(_) => Err(io::Error::other(format!("{who}: {call} succeeded"))),
        Err(error) => {
            say(who, call, explain(&error));
            Ok(error.kind())
        }
    }
}

// ANCHOR: ready
/// Waits until the kernel says so of this socket, and what else it says:
/// `poll(2)`. Empty where it says nothing in time.
pub fn ready(
    socket: impl AsFd,
    what: PollFlags,
    limit: impl Into<PollTimeout>,
) -> io::Result<PollFlags> {
    let mut watched = [PollFd::new(socket.as_fd(), what)];
    poll(&mut watched, limit.into())?;
    Ok(watched[0].revents().unwrap_or(PollFlags::empty()))
}
// ANCHOR_END: ready

/// Waits until there is something to take.
pub fn until_readable(socket: impl AsFd) -> io::Result<()> {
    ready(socket, PollFlags::POLLIN, PATIENCE).map(drop)
}

// ANCHOR: beside
/// Makes a call on a thread of its own, and does `then` when the kernel says
/// that it sleeps in it. `then` should give it what it waits for; it is done
/// in any case, so that nobody waits for ever.
pub fn beside<T: Send>(
    call: Call,
    make: impl FnOnce() -> T + Send,
    then: impl FnOnce(Thread) -> io::Result<()>,
) -> io::Result<T> {
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let made = scope.spawn(move || {
            // Nobody listens only where the demo has failed already.
            let _ = tell.send(Thread::this());
            make()
        });
        let thread = told.recv().map_err(io::Error::other)?;
        let asleep = thread.until_asleep_in(call);
        let done = then(thread);
        let made = made.join();
        asleep.and(done)?;
        made.map_err(|_| io::Error::other("the thread panicked"))
    })
}
// ANCHOR_END: beside

// ANCHOR: full
/// A listener whose queue is full, and who is in it: a SYN that comes now
/// gets no answer, listen(2).
pub fn full() -> io::Result<(Socket, Socket)> {
    let server = listener(LOOPBACK, 0, false)?;
    let first = connect(local(&server)?)?;
    state::await_queue(local(&server)?, 1)?;
    Ok((server, first))
}
// ANCHOR_END: full

/// Makes a call again where a signal has ended it: EINTR. A socket's time-out
/// makes calls liable to that even without a handler, signal(7).
pub fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
