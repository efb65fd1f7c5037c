//! Bind over the file that a dead server left, and over nothing else.
//!
//! A server was killed, and its socket's file is still there. Yours must
//! start all the same. But it must never take the path from a server that is
//! alive, not even from one that is only about to listen, and it must not
//! remove what isn't a socket. Write what opens the listener.
//!
//! Servers of this kind agree on a lock: the file `PATH.lock`, locked with
//! flock(2) from before bind until the server's end.
//!
//! - Somebody has the lock: `AddrInUse`, at once.
//! - You have it: no such server is alive. A socket's file at `path` is one
//!   that was left behind; remove it, and bind.
//! - What is there and no socket stays: `AlreadyExists`. A symbolic link is
//!   no socket either, wherever it leads.
//! - The lock's file stays for good. Give back the lock with the listener:
//!   it is held as long as the caller keeps it.
//!
//! `Flock::lock(file, FlockArg::LockExclusiveNonblock)` of the crate nix
//! locks an open file; `EWOULDBLOCK` says that somebody else has it.
//!
//! Check it: `cargo workbook check bind_over_stale_file`
//!
//! Read chapter 09, "The file stays".

use std::fs::File;
use std::io;
use std::os::unix::net::UnixListener;
use std::path::Path;

use nix::fcntl::Flock;

/// Listens at `path`. The lock is that of `PATH.lock`.
///
/// # Errors
///
/// `AddrInUse` while another server has the lock, `AlreadyExists` when
/// something else than a socket is at `path`.
pub fn listen(path: &Path) -> io::Result<(UnixListener, Flock<File>)> {
    todo!("which file must nobody else have, before you look at the path?")
}
