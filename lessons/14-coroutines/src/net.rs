//! TCP sockets that yield where they would block.
//!
//! A call is tried. Where it says EAGAIN, the coroutine waits, the others
//! run, and it tries again. The caller sees a call that takes its time.
//!
//! ```text
//! read → recv ── EAGAIN → wait: others run → readable → recv → 5 bytes
//! ```
//!
//! The futures of [`executor`] have the same in `async_net.rs`, in the same
//! order.
//!
//! [`executor`]: crate::executor

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Duration;

use crate::open;
use crate::reactor::{Direction, Watch};
use crate::scheduler::{Ticket, here, try_here, wait};

// ANCHOR: source
/// A descriptor whose calls yield where they would block.
pub struct Source<S: AsFd> {
    inner: S,
    watch: Rc<Watch<Ticket>>,
    limit: Cell<Option<Duration>>,
}

impl<S: AsFd> Source<S> {
    /// Makes it non-blocking, and registers it with this thread's poller.
    ///
    /// # Errors
    /// Those of epoll_ctl(2): a file can't be waited for (EPERM).
    ///
    /// # Panics
    /// Outside of [`run`](crate::scheduler::run).
    pub fn new(inner: S) -> io::Result<Self> {
        open::make_nonblocking(&inner)?;
        let watch = here().reactor.borrow_mut().watch(inner.as_fd())?;
        Ok(Source { inner, watch, limit: Cell::new(None) })
    }

    /// Tries a call until it doesn't say EAGAIN, and waits in between.
    ///
    /// # Errors
    /// `TimedOut`, and those of the call.
    #[inline]
    pub fn call<T>(
        &self,
        direction: Direction,
        mut call: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            if !self.watch.is_ready(direction) {
                wait(&self.watch, direction, self.limit.get())?;
            }
            match call(&self.inner) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.watch.exhausted(direction);
                }
                // EINTR: a signal arrived; signal(7) says try again.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}
// ANCHOR_END: source

impl<S: AsFd> Source<S> {
    /// How long a call may wait from now on; nothing is for ever.
    pub fn set_limit(&self, limit: Option<Duration>) {
        self.limit.set(limit);
    }

    /// What is wrapped.
    pub fn get(&self) -> &S {
        &self.inner
    }

    /// A call took less than it could: the rest would have to be waited for.
    ///
    /// epoll(7), question 9: "For stream-oriented files … the condition that
    /// the read/write I/O space is exhausted can also be detected by
    /// checking the amount of data read from / written to the target file
    /// descriptor." It saves the call that would say EAGAIN.
    fn took(&self, direction: Direction, bytes: usize, room: usize) {
        if 0 < bytes && bytes < room {
            self.watch.exhausted(direction);
        }
    }
}

impl<S: AsFd> Drop for Source<S> {
    fn drop(&mut self) {
        // Before it is closed: its number may be another's a moment later.
        if let Some(scheduler) = try_here() {
            scheduler.reactor.borrow_mut().unwatch(self.inner.as_fd());
        }
    }
}

// ANCHOR: listener
/// A listening socket.
pub struct TcpListener(Source<std::net::TcpListener>);

impl TcpListener {
    /// Listens at an address: `socket(2)`, `bind(2)`, `listen(2)`.
    ///
    /// # Errors
    /// Those of the three calls, as EADDRINUSE.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        TcpListener::on(open::listen(address, false)?)
    }

    /// The same for a socket that listens already.
    ///
    /// # Errors
    /// Those of [`Source::new`].
    pub fn on(listener: std::net::TcpListener) -> io::Result<Self> {
        Source::new(listener).map(TcpListener)
    }

    /// Waits for a connection: `accept4(2)`.
    ///
    /// # Errors
    /// Those of accept4(2). EMFILE leaves the connection in the queue.
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let accept = |listener: &std::net::TcpListener| listener.accept();
        let (stream, peer) = self.0.call(Direction::Read, accept)?;
        Ok((TcpStream::on(stream)?, peer))
    }

    /// Where it listens: `getsockname(2)`.
    ///
    /// # Errors
    /// Those of the call.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.get().local_addr()
    }
}
// ANCHOR_END: listener

// ANCHOR: stream
/// A connection. [`Read`] and [`Write`] are those of `std::net::TcpStream`.
pub struct TcpStream(Source<std::net::TcpStream>);

impl TcpStream {
    /// Connects, and waits until that is done: `connect(2)`.
    ///
    /// # Errors
    /// Those of connect(2), as ECONNREFUSED.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        // EINPROGRESS: it is done when the socket gets writable, and
        // SO_ERROR tells how, says connect(2).
        let stream = Source::new(open::begin_connect(address)?)?;
        stream.watch.exhausted(Direction::Write);
        stream.call(Direction::Write, open::connected)?;
        Ok(TcpStream(stream))
    }

    /// The same for a connection that stands already.
    ///
    /// # Errors
    /// Those of [`Source::new`].
    pub fn on(stream: std::net::TcpStream) -> io::Result<Self> {
        Source::new(stream).map(TcpStream)
    }

    /// How long a read or write may wait from now on; nothing is for ever.
    /// One that is late gives `TimedOut`.
    pub fn set_limit(&self, limit: Option<Duration>) {
        self.0.set_limit(limit);
    }

    /// Ends one direction or both: `shutdown(2)`. A coroutine that waits in
    /// a read of this socket goes on.
    ///
    /// # Errors
    /// ENOTCONN when the peer has reset the connection.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.0.get().shutdown(how)
    }

    /// Another call on the socket, as sendfile(2): it is tried until it
    /// doesn't say EAGAIN.
    ///
    /// # Errors
    /// `TimedOut`, and those of the call.
    pub fn call<T>(
        &self,
        direction: Direction,
        call: impl FnMut(&std::net::TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        self.0.call(direction, call)
    }

    /// The socket itself, for its options.
    pub fn get(&self) -> &std::net::TcpStream {
        self.0.get()
    }
}

impl Read for &TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let recv = |mut socket: &std::net::TcpStream| socket.read(buffer);
        let bytes = self.0.call(Direction::Read, recv)?;
        self.0.took(Direction::Read, bytes, buffer.len());
        Ok(bytes)
    }
}

impl Write for &TcpStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let send = |mut socket: &std::net::TcpStream| socket.write(bytes);
        let count = self.0.call(Direction::Write, send)?;
        self.0.took(Direction::Write, count, bytes.len());
        Ok(count)
    }

    /// Nothing is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
// ANCHOR_END: stream

impl Read for TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Write for TcpStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
