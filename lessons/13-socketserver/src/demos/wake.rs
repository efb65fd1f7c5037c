//! A thread waits in recv or in accept. Another one wants it to stop.
//!
//! close(2) calls it "probably unwise" to close a descriptor that another
//! thread uses: the call goes on with the file that it began with. shutdown(2)
//! is about the connection, whatever descriptors there are. A signal ends the
//! call or doesn't, by the flag that its handler was set with: signal(7). And
//! who waits in poll(2) can wait for one more thing.
//!
//! ```text
//! close      ─✗─ recv, accept     shutdown ──→ recv: 0    accept: EINVAL
//! a signal, SA_RESTART ─✗─ recv   a signal, without ──→ recv: EINTR
//! a bell ──→ poll
//! ```

#![allow(unsafe_code)]

use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use lesson_nonblocking::asleep::{Call, Thread, until};
use narrator::{explain, line, say};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::pthread::pthread_kill;
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction,
};
use nix::sys::socket::{MsgFlags, accept, recv};
use socket2::SockRef;

use super::ANY;

/// Five ways, of which three work.
pub fn run() -> io::Result<()> {
    line("close");
    recv_and_close()?;
    accept_and_close()?;
    line("");
    line("shutdown");
    recv_and_shutdown()?;
    accept_and_shutdown()?;
    line("");
    line("A signal, with SA_RESTART");
    signal_with(SaFlags::SA_RESTART)?;
    line("");
    line("A signal, without SA_RESTART");
    signal_with(SaFlags::empty())?;
    line("");
    line("A bell that is watched, too");
    bell()
}

// ANCHOR: close
fn recv_and_close() -> io::Result<()> {
    let (mut client, connection) = pair()?;
    let fd = connection.as_raw_fd();
    let waiting = beside("recv", Call::Recv, move || receive(fd))?;
    drop(connection);
    say("main", "close", "the connection");
    if let Err(error) = recv(fd, &mut [0; 1], MsgFlags::empty()) {
        say("main", "recv", explain(&error.into()));
    }
    waiting.still_in(Call::Recv)?;
    say("thread", "recv", "still waits");
    client.write_all(b"late")?;
    say("client", "send", "\"late\"");
    waiting.ended()
}
// ANCHOR_END: close

fn accept_and_close() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let (fd, address) = (listener.as_raw_fd(), listener.local_addr()?);
    let waiting = beside("accept", Call::Accept, move || take(fd))?;
    drop(listener);
    say("main", "close", "the listener");
    waiting.still_in(Call::Accept)?;
    say("thread", "accept", "still waits");
    let _client = TcpStream::connect(address)?;
    say("client", "connect", "as if nothing had been closed");
    waiting.ended()
}

// ANCHOR: shutdown
fn recv_and_shutdown() -> io::Result<()> {
    let (_client, connection) = pair()?;
    let fd = connection.as_raw_fd();
    let waiting = beside("recv", Call::Recv, move || receive(fd))?;
    connection.shutdown(Shutdown::Read)?;
    say("main", "shutdown", "the connection, for reading");
    waiting.ended()
}

fn accept_and_shutdown() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let fd = listener.as_raw_fd();
    let waiting = beside("accept", Call::Accept, move || take(fd))?;
    SockRef::from(&listener).shutdown(Shutdown::Both)?;
    say("main", "shutdown", "the listener");
    waiting.ended()
}
// ANCHOR_END: shutdown

// ANCHOR: signal
static HANDLED: AtomicUsize = AtomicUsize::new(0);

/// The handler: signal-safety(7) allows an atomic.
extern "C" fn count(_: i32) {
    HANDLED.fetch_add(1, Ordering::SeqCst);
}

fn signal_with(flags: SaFlags) -> io::Result<()> {
    let handler = SigHandler::Handler(count);
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: the handler makes no call that isn't safe in one.
    unsafe { sigaction(Signal::SIGUSR1, &action) }?;
    let (_client, connection) = pair()?;
    let fd = connection.as_raw_fd();
    let waiting = beside("recv", Call::Recv, move || receive(fd))?;
    let before = HANDLED.load(Ordering::SeqCst);
    pthread_kill(waiting.handle.as_pthread_t(), Signal::SIGUSR1)?;
    let handled = || Ok(HANDLED.load(Ordering::SeqCst) > before);
    until(handled, || "the signal was not handled".into())?;
    say("thread", "SIGUSR1", "the handler has run");
    if flags.contains(SaFlags::SA_RESTART) {
        waiting.thread.until_asleep_in(Call::Recv)?;
        say("thread", "recv", "waits again");
        connection.shutdown(Shutdown::Read)?;
        say("main", "shutdown", "the connection, for reading");
    }
    waiting.ended()
}
// ANCHOR_END: signal

// ANCHOR: bell
fn bell() -> io::Result<()> {
    let (mut client, connection) = pair()?;
    let bell = EventFd::from_flags(EfdFlags::EFD_CLOEXEC)?;
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let (connection, watched) = (connection.as_fd(), bell.as_fd());
        let thread = scope.spawn(move || {
            // Whoever has hung up isn't interested.
            let _ = tell.send(Thread::this());
            which(connection, watched)
        });
        let number = told.recv().map_err(io::Error::other)?;
        number.until_asleep_in(Call::Poll)?;
        say("thread", "poll", "waits for the connection, and for the bell");
        bell.write(1)?;
        say("main", "write", "1 to the eventfd");
        let readable = thread.join().map_err(|_| panicked())??;
        say("thread", "poll", format_args!("readable: {readable}"));
        io::Result::Ok(())
    })?;
    client.write_all(b"hello")?;
    let mut buffer = [0; 10];
    let count = recv(connection.as_raw_fd(), &mut buffer, MsgFlags::empty())?;
    say("main", "recv", format_args!("{count} bytes: nothing was harmed"));
    Ok(())
}

fn which(
    connection: BorrowedFd<'_>,
    bell: BorrowedFd<'_>,
) -> nix::Result<&'static str> {
    let mut watched = [connection, bell]
        .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN));
    poll(&mut watched, PollTimeout::NONE)?;
    let [connection, bell] = watched.map(|it| it.any().unwrap_or(false));
    Ok(match (connection, bell) {
        (true, true) => "both",
        (true, false) => "the connection",
        (false, true) => "the bell",
        (false, false) => "nothing",
    })
}
// ANCHOR_END: bell

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(ANY)?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

fn receive(fd: RawFd) -> nix::Result<String> {
    let mut buffer = [0; 10];
    let count = recv(fd, &mut buffer, MsgFlags::empty())?;
    let text = String::from_utf8_lossy(&buffer[..count]);
    Ok(format!("{count} bytes, {text:?}"))
}

fn take(fd: RawFd) -> nix::Result<String> {
    let connection = accept(fd)?;
    // SAFETY: the call has just made it, and nobody else knows the number.
    drop(unsafe { OwnedFd::from_raw_fd(connection) });
    Ok("a connection".to_string())
}

/// A thread that is inside a call.
struct Waiting {
    call: &'static str,
    thread: Thread,
    handle: JoinHandle<nix::Result<String>>,
}

/// Starts it, and returns when the kernel says that it sleeps there.
fn beside(
    call: &'static str,
    kernels: Call,
    work: impl FnOnce() -> nix::Result<String> + Send + 'static,
) -> io::Result<Waiting> {
    let (tell, told) = mpsc::channel();
    let handle = thread::spawn(move || {
        // Whoever has hung up isn't interested.
        let _ = tell.send(Thread::this());
        work()
    });
    let thread = told.recv().map_err(io::Error::other)?;
    thread.until_asleep_in(kernels)?;
    say("thread", call, "waits");
    Ok(Waiting { call, thread, handle })
}

impl Waiting {
    /// Sees that it sleeps there still, though the number is closed.
    ///
    /// # Errors
    /// A stop signal ends the call, and SIGCONT makes it again with the same
    /// number: then it has failed with EBADF.
    fn still_in(&self, call: Call) -> io::Result<()> {
        let over = || self.handle.is_finished();
        let asleep = || Ok(over() || self.thread.is_asleep_in(call)?);
        until(asleep, || format!("{call:?} doesn't wait"))?;
        match over() {
            true => Err(io::Error::other(
                "stopped between two calls (by Ctrl-Z?): run it again",
            )),
            false => Ok(()),
        }
    }

    fn ended(self) -> io::Result<()> {
        match self.handle.join().map_err(|_| panicked())? {
            Ok(what) => say("thread", self.call, what),
            Err(error) => say("thread", self.call, explain(&error.into())),
        }
        Ok(())
    }
}

fn panicked() -> io::Error {
    io::Error::other("a thread panicked")
}
