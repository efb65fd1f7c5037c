//! What coroutines and futures need of a socket before they can wait for it.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// How many connections wait to be accepted, at most.
const BACKLOG: i32 = 1024;

/// A socket that listens: `socket(2)`, `bind(2)`, `listen(2)`.
///
/// With `shared` another process may listen at the same address, if it does
/// so, too, and the kernel deals the connections out: SO_REUSEPORT.
///
/// # Errors
/// Those of the three calls.
pub fn listen(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Says which calls shall not wait: all of them. `fcntl(2)` with O_NONBLOCK.
pub(crate) fn make_nonblocking(socket: &impl AsFd) -> io::Result<()> {
    let now = fcntl(socket.as_fd(), FcntlArg::F_GETFL)?;
    let flags = OFlag::from_bits_retain(now) | OFlag::O_NONBLOCK;
    fcntl(socket.as_fd(), FcntlArg::F_SETFL(flags))?;
    Ok(())
}

/// Sends a SYN and doesn't wait for the answer: `connect(2)`.
pub(crate) fn begin_connect(address: SocketAddr) -> io::Result<TcpStream> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        Err(e) if e.raw_os_error() != Some(libc::EINPROGRESS) => Err(e),
        _ => Ok(socket.into()),
    }
}

/// What came of it: SO_ERROR, socket(7). EAGAIN while it isn't decided.
pub(crate) fn connected(stream: &TcpStream) -> io::Result<()> {
    if let Some(error) = SockRef::from(stream).take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        result => result.map(drop),
    }
}
