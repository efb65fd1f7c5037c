//! Rejected by: who_has_connected_is_told, who_has_connected_stays_when_another_writes, who_wrote_is_told, another_program_that_writes_is_told, two_writers_are_told_apart, a_message_longer_than_the_buffer_comes_in_parts
//!
//! The user is taken for the process.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, UnixCredentials, getsockopt, recvmsg,
    setsockopt, sockopt,
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
        Who { pid: credentials.uid() as i32, uid: credentials.uid() }
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
    let writer = message.cmsgs()?.find_map(|control| match control {
        ControlMessageOwned::ScmCredentials(writer) => Some(writer.into()),
        _ => None,
    });
    Ok((message.bytes, writer))
}
