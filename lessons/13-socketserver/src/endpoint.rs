//! What is listened to: a listener of TCP or Unix, or a datagram socket.
//!
//! ```text
//!                 take                request
//! TcpListener     accept(2)           a connection, and who called
//! UnixListener    accept(2)           a connection, and who called
//! UdpSocket       recvfrom(2)         bytes, and who sent them
//! ```
//!
//! In Python these are classes below `BaseServer`, with `get_request`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;

use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;
use socket2::{SockRef, Socket};

/// The largest datagram of IPv4: 65,535 bytes less two headers.
const LARGEST: usize = 65_507;

/// A connection that somebody else may have to wake: see [`crate::Stopper`].
#[derive(Clone)]
pub struct Connection(Arc<dyn AsFd + Send + Sync>);

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        (*self.0).as_fd()
    }
}

impl Connection {
    // ANCHOR: refuse
    /// A line that says why, and the end. What the caller has sent is read
    /// first: a close with unread bytes is a reset, and could take the line
    /// away.
    pub(crate) fn turn_away(&self, why: &str) {
        let socket = SockRef::from(self);
        if socket.set_nonblocking(true).is_err() {
            return;
        }
        let mut stream: &Socket = &socket;
        // It was just made: there is room for a line. Who has gone has gone.
        let _ = stream.write_all(format!("{why}\n").as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read(&mut [0; 4096]);
    }
    // ANCHOR_END: refuse
}

// ANCHOR: endpoint
/// What a server listens to.
pub trait Endpoint: AsFd + Send + Sync + 'static {
    /// What comes in.
    type Request: Request;

    /// Whether answers leave by this very socket: then a process that
    /// answers needs it, too.
    const ANSWERS: bool;

    /// Lets [`Endpoint::take`] fail with EAGAIN where it would wait.
    ///
    /// # Errors
    /// Those of fcntl(2).
    fn dont_wait(&self) -> io::Result<()>;

    /// Takes the next request: `accept(2)` or `recvfrom(2)`.
    ///
    /// # Errors
    /// Those of the call.
    fn take(&self) -> io::Result<Self::Request>;

    /// Tells the caller why not, without waiting, and ends it.
    fn refuse(&self, request: Self::Request, why: &str);

    /// Refuses whoever calls from now on, whoever else has a descriptor.
    fn close(&self);
}
// ANCHOR_END: endpoint

/// What comes in at an [`Endpoint`].
pub trait Request: Send + 'static {
    /// Who called.
    fn peer(&self) -> String;

    /// The connection that it came on, if there is one.
    fn connection(&self) -> Option<Connection>;
}

/// A connection, and who is at its other end.
pub struct Caller<S> {
    /// Shared with whoever may have to wake it.
    pub stream: Arc<S>,
    /// An address and port, or the number of a process.
    pub peer: String,
}

/// A datagram, and who sent it.
pub struct Datagram {
    /// All of it.
    pub bytes: Vec<u8>,
    /// Where the answer goes.
    pub from: SocketAddr,
}

impl<S: AsFd + Send + Sync + 'static> Request for Caller<S> {
    fn peer(&self) -> String {
        self.peer.clone()
    }

    fn connection(&self) -> Option<Connection> {
        Some(Connection(self.stream.clone()))
    }
}

impl Request for Datagram {
    fn peer(&self) -> String {
        self.from.to_string()
    }

    fn connection(&self) -> Option<Connection> {
        None
    }
}

impl Endpoint for TcpListener {
    type Request = Caller<TcpStream>;
    const ANSWERS: bool = false;

    fn dont_wait(&self) -> io::Result<()> {
        self.set_nonblocking(true)
    }

    fn take(&self) -> io::Result<Self::Request> {
        // accept(2): on Linux the new socket doesn't inherit O_NONBLOCK.
        let (stream, from) = self.accept()?;
        Ok(Caller { stream: Arc::new(stream), peer: from.to_string() })
    }

    fn refuse(&self, request: Self::Request, why: &str) {
        turn_away(&request, why);
    }

    fn close(&self) {
        listen_no_more(self);
    }
}

impl Endpoint for UnixListener {
    type Request = Caller<UnixStream>;
    const ANSWERS: bool = false;

    fn dont_wait(&self) -> io::Result<()> {
        self.set_nonblocking(true)
    }

    fn take(&self) -> io::Result<Self::Request> {
        let (stream, _) = self.accept()?;
        // unix(7), SO_PEERCRED: a client has no name, but the kernel knows it.
        let peer = getsockopt(&stream, PeerCredentials)
            .map_or("unknown".into(), |who| format!("pid {}", who.pid()));
        Ok(Caller { stream: Arc::new(stream), peer })
    }

    fn refuse(&self, request: Self::Request, why: &str) {
        turn_away(&request, why);
    }

    fn close(&self) {
        listen_no_more(self);
    }
}

impl Endpoint for UdpSocket {
    type Request = Datagram;
    const ANSWERS: bool = true;

    fn dont_wait(&self) -> io::Result<()> {
        self.set_nonblocking(true)
    }

    fn take(&self) -> io::Result<Datagram> {
        let mut bytes = vec![0; LARGEST];
        let (count, from) = self.recv_from(&mut bytes)?;
        bytes.truncate(count);
        bytes.shrink_to_fit();
        Ok(Datagram { bytes, from })
    }

    fn refuse(&self, request: Datagram, why: &str) {
        // As all of UDP: it may get there, or not.
        let _ = self.send_to(format!("{why}\n").as_bytes(), request.from);
    }

    fn close(&self) {}
}

fn turn_away(request: &impl Request, why: &str) {
    request.connection().inspect(|it| it.turn_away(why));
}

/// Linux: a listener that is shut down listens no more. A close would wait
/// for the last descriptor.
fn listen_no_more(listener: &impl AsFd) {
    let _ = SockRef::from(listener).shutdown(Shutdown::Both);
}
