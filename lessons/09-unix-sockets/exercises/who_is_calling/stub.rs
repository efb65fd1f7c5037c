//! Ask the kernel who has connected, and who writes.
//!
//! A server on a Unix socket wants to know with whom it talks. It asks the
//! kernel, not the client: who made the connection, and who wrote the bytes
//! that came. The two may be two processes, since a client can give its
//! socket to another program. Write the three functions that the server
//! calls.
//!
//! - `connected` asks with SO_PEERCRED. Over a socket that isn't a Unix
//!   socket nobody is known, and no error tells: the answer must be `None`.
//! - `prepare` is called once, before the first bytes come. It asks for
//!   credentials with each message: SO_PASSCRED.
//! - `next` receives bytes, and who wrote them: SCM_CREDENTIALS. 0 bytes are
//!   the end, which nobody wrote.
//!
//! The crate nix has all of it: `getsockopt` and `setsockopt` with
//! `sockopt::PeerCredentials` and `sockopt::PassCred`, and `recvmsg` with
//! `ControlMessageOwned::ScmCredentials`. `socket2::SockRef` tells a
//! socket's domain.
//!
//! Check it: `cargo workbook check who_is_calling`
//!
//! Read chapter 09, "Who is calling?".

use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;

/// A process and its user, in the kernel's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// The process.
    pub pid: i32,
    /// Its user.
    pub uid: u32,
}

/// Who has connected to this socket. `None` if it is no Unix socket.
pub fn connected(socket: BorrowedFd<'_>) -> io::Result<Option<Who>> {
    todo!("what does the kernel answer for a TCP connection?")
}

/// Called once, when a connection was accepted.
pub fn prepare(stream: &UnixStream) -> io::Result<()> {
    todo!("what must be asked for before the bytes come?")
}

/// Receives bytes into `buffer`: how many, and who wrote them. At the end,
/// 0 and `None`.
pub fn next(
    stream: &UnixStream,
    buffer: &mut [u8],
) -> io::Result<(usize, Option<Who>)> {
    todo!("recvmsg, with room for the credentials")
}
