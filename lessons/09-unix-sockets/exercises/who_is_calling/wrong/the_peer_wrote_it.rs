//! Rejected by: another_program_that_writes_is_told, two_writers_are_told_apart
//!
//! Who has connected is taken for who writes.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::sys::socket::{
    MsgFlags, UnixCredentials, getsockopt, recvmsg, setsockopt, sockopt,
};
use socket2::{Domain, SockRef};

/// A process and its user, in the kernel's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// The process.
    pub pid: i32,
    /// Its user.
    pub uid: u32,
}

impl From<UnixCredentials> for Who {
    fn from(credentials: UnixCredentials) -> Self {
        Who { pid: credentials.pid(), uid: credentials.uid() }
    }
}

/// Who has connected to this socket. `None` if it is no Unix socket.
pub fn connected(socket: BorrowedFd<'_>) -> io::Result<Option<Who>> {
    if SockRef::from(&socket).domain()? != Domain::UNIX {
        return Ok(None);
    }
    let peer = getsockopt(&socket, sockopt::PeerCredentials)?;
    Ok(Some(peer.into()))
}

/// Called once, when a connection was accepted.
pub fn prepare(stream: &UnixStream) -> io::Result<()> {
    Ok(setsockopt(stream, sockopt::PassCred, &true)?)
}

/// Receives bytes into `buffer`: how many, and who wrote them. At the end,
/// 0 and `None`.
pub fn next(
    stream: &UnixStream,
    buffer: &mut [u8],
) -> io::Result<(usize, Option<Who>)> {
    let mut into = [IoSliceMut::new(buffer)];
    let mut room = nix::cmsg_space!(UnixCredentials);
    let from = stream.as_raw_fd();
    let flags = MsgFlags::empty();
    let message = recvmsg::<()>(from, &mut into, Some(&mut room), flags)?;
    if message.bytes == 0 {
        return Ok((0, None));
    }
    let bytes = message.bytes;
    Ok((bytes, connected(stream.as_fd())?))
}
