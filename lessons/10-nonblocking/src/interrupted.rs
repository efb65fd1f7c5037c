//! A signal ends a call that waits: signal(7), "Interruption of system calls
//! and library functions by signal handlers". The call fails with EINTR, or
//! the kernel makes it again by itself: with SA_RESTART, and not each call.
//!
//! ```text
//! recv ── sleeps ──┐ signal → handler ─┬─ EINTR            without SA_RESTART
//!                                      └─ recv ── sleeps …    with SA_RESTART
//! ```
//!
//! Signals go to the one thread that waits, when the kernel says that it
//! does. This is the one file of the lesson that handles them, so it is
//! `unsafe`.

#![allow(unsafe_code)]

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lesson_nonblocking::asleep::{Call, Thread, until};
use lesson_tcp::local;
use narrator::{line, say};
use nix::errno::Errno;
use nix::libc;
use nix::poll::PollFlags;
use nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
};
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction,
};
use nix::unistd::getpid;
use socket2::{Domain, Socket, Type};

use crate::stage::{PATIENCE, beside, full, in_vain, ready};
use crate::stopped;

const SIGNAL: Signal = Signal::SIGUSR1;

/// Longer than any call here waits.
const LONG: Duration = Duration::from_secs(600);

/// How often the handler has run.
static HANDLED: AtomicUsize = AtomicUsize::new(0);

// ANCHOR: handler
/// A handler may do hardly anything: signal-safety(7). An atomic is allowed.
extern "C" fn count(_: i32) {
    HANDLED.fetch_add(1, Ordering::SeqCst);
}

fn handle(flags: SaFlags) -> io::Result<()> {
    let handler = SigHandler::Handler(count);
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: the handler makes no call that isn't async-signal-safe.
    unsafe { sigaction(SIGNAL, &action) }?;
    Ok(())
}
// ANCHOR_END: handler

/// Without the flag, with it, and what std does by itself.
pub fn run() -> io::Result<()> {
    line("A handler without SA_RESTART");
    handle(SaFlags::empty())?;
    ends("recv", Call::Recv, recv)?;
    connecting()?;
    line("");
    line("A handler with SA_RESTART");
    handle(SaFlags::SA_RESTART)?;
    goes_on("recv", recv)?;
    line("");
    line("Calls that SA_RESTART doesn't concern");
    ends("poll", Call::Poll, poll)?;
    ends("epoll_wait", Call::EpollWait, epoll_wait)?;
    ends("recv", Call::Recv, recv_with_time_out)?;
    line("");
    line("Without SA_RESTART, by the standard library");
    handle(SaFlags::empty())?;
    goes_on("read_exact", read_exact)?;
    line("");
    line("No handler at all: stopped, and continued");
    stopped::run()
}

// ANCHOR: ends
/// A call that a signal ends.
fn ends(
    name: &str,
    call: Call,
    mut make: impl FnMut(&mut TcpStream) -> io::Result<usize> + Send,
) -> io::Result<()> {
    let (peer, socket) = lesson_tcp::pair()?;
    let mut socket = TcpStream::from(socket);
    let ended = beside(
        call,
        || by_the_handler(|| make(&mut socket)),
        |thread| {
            signal(thread)?;
            // If it went on all the same, this would end it.
            drop(peer);
            Ok(())
        },
    )?;
    in_vain("thread", name, ended).map(drop)
}
// ANCHOR_END: ends

/// Calls again where it wasn't the handler that ended it. Whoever stops and
/// continues this program ends some calls, too.
fn by_the_handler<T>(mut make: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        let before = HANDLED.load(Ordering::SeqCst);
        match make() {
            Err(e)
                if e.kind() == ErrorKind::Interrupted
                    && HANDLED.load(Ordering::SeqCst) == before => {}
            result => return result,
        }
    }
}

// ANCHOR: goes_on
/// A call that goes on, and doesn't say that there was a signal.
fn goes_on(
    name: &str,
    make: impl FnOnce(&mut TcpStream) -> io::Result<usize> + Send,
) -> io::Result<()> {
    let (peer, socket) = lesson_tcp::pair()?;
    let mut socket = TcpStream::from(socket);
    let count = beside(
        Call::Recv,
        || make(&mut socket),
        |thread| {
            for _ in 0..2 {
                signal(thread)?;
                thread.until_asleep_in(Call::Recv)?;
                say("kernel", "asleep", "in recv again");
            }
            peer.send(b"hello")?;
            say("peer", "send", "\"hello\"");
            Ok(())
        },
    )??;
    say("thread", name, format_args!("{count} bytes, and no error"));
    Ok(())
}
// ANCHOR_END: goes_on

/// Sends it to this thread, `tgkill(2)`, and waits until it was handled.
fn signal(to: Thread) -> io::Result<()> {
    let before = HANDLED.load(Ordering::SeqCst);
    let (process, thread) = (getpid().as_raw(), to.id().as_raw());
    // SAFETY: integers only. A thread that has ended is an error, ESRCH.
    let sent = unsafe {
        libc::syscall(libc::SYS_tgkill, process, thread, SIGNAL as i32)
    };
    Errno::result(sent)?;
    let handled = || Ok(HANDLED.load(Ordering::SeqCst) > before);
    until(handled, || "the signal was not handled".into())?;
    say("signal", "SIGUSR1", "the handler has run");
    Ok(())
}

// ANCHOR: calls
fn recv(socket: &mut TcpStream) -> io::Result<usize> {
    socket.read(&mut [0; 64])
}

fn read_exact(socket: &mut TcpStream) -> io::Result<usize> {
    socket.read_exact(&mut [0; 5])?;
    Ok(5)
}

fn recv_with_time_out(socket: &mut TcpStream) -> io::Result<usize> {
    socket.set_read_timeout(Some(LONG))?;
    say(
        "thread",
        "setsockopt",
        format_args!("SO_RCVTIMEO {} s", LONG.as_secs()),
    );
    socket.read(&mut [0; 64])
}

fn poll(socket: &mut TcpStream) -> io::Result<usize> {
    ready(&*socket, PollFlags::POLLIN, PATIENCE).map(|_| 1)
}

fn epoll_wait(socket: &mut TcpStream) -> io::Result<usize> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&*socket, EpollEvent::new(EpollFlags::EPOLLIN, 0))?;
    let mut events = [EpollEvent::empty()];
    Ok(epoll.wait(&mut events, EpollTimeout::NONE)?)
}
// ANCHOR_END: calls

// ANCHOR: connecting
/// A connect that a signal ends, and that goes on without the program:
/// connect(2), EINTR. To connect again is no way to wait for it; poll is.
fn connecting() -> io::Result<()> {
    let (server, _first) = full()?;
    let to = local(&server)?;

    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let connected =
        beside(Call::Connect, || client.connect(&to.into()), signal)?;
    in_vain("thread", "connect", connected)?;
    drop(server.accept()?);
    say("server", "accept", "the one before; there is room now");
    let found = ready(&client, PollFlags::POLLOUT, PATIENCE)?;
    if found == PollFlags::POLLOUT && client.take_error()?.is_none() {
        say("thread", "poll", "writable, and SO_ERROR is 0: connected");
    }
    Ok(())
}
// ANCHOR_END: connecting
