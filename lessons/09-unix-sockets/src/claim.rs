//! A socket's path, taken safely: with a lock that ends with its holder.
//!
//! The file of a Unix socket stays when its server ends, and the next
//! `bind(2)` fails with EADDRINUSE. Somebody must remove the file, and must
//! not remove the file of a server that is alive. To look first isn't enough:
//! between the look and the `unlink(2)` another server may have come.
//!
//! ```text
//! lock PATH.lock ── taken ──→ EADDRINUSE: a server is alive
//!    │ got it
//! look at PATH ── not a socket ──→ error: it is left alone
//!    │        └── answers ──→ EADDRINUSE: a server without the lock
//!    │ nothing there, or nobody answers
//! unlink → bind → listen, and keep the lock
//! ```
//!
//! Only the holder of the lock removes or makes the file, so two can't be at
//! it at once. The kernel opens a lock when the last descriptor of its file
//! is closed, flock(2): a server that was killed holds none.

use std::fmt::{self, Display};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::ops::Deref;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use narrator::explain;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::libc;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::LONGEST;

/// Why a path could not be taken.
#[derive(Debug)]
pub enum Refused {
    /// The path has so many bytes, more than [`LONGEST`], or none.
    Length(usize),
    /// A server is alive there.
    Alive,
    /// The file there is none of a socket. Nobody has touched it.
    NotASocket,
    /// A call failed: which, and why.
    Call(&'static str, io::Error),
}

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Length(0) => write!(f, "the path is empty: name a file"),
            Refused::Length(bytes) => write!(
                f,
                "the path has {bytes} bytes, and sun_path has room for \
                 {LONGEST}: choose a shorter one"
            ),
            Refused::Alive => write!(
                f,
                "Address already in use (EADDRINUSE): a server is alive there"
            ),
            Refused::NotASocket => write!(
                f,
                "the file there is no socket, and was left alone: choose \
                 another path"
            ),
            Refused::Call(call, error) => {
                write!(f, "{call}: {}", explain(error))
            }
        }
    }
}

impl std::error::Error for Refused {}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        let kind = match &refused {
            Refused::Length(_) => io::ErrorKind::InvalidInput,
            Refused::Alive => io::ErrorKind::AddrInUse,
            Refused::NotASocket => io::ErrorKind::AlreadyExists,
            Refused::Call(_, error) => error.kind(),
        };
        io::Error::new(kind, refused)
    }
}

/// Names the call for [`Refused::Call`].
fn failed(call: &'static str) -> impl Fn(io::Error) -> Refused {
    move |error| Refused::Call(call, error)
}

// ANCHOR: claim
/// A listener whose path nobody takes away while it lives. At its end the
/// file goes, and then the lock.
#[derive(Debug)]
pub struct Claim {
    // In this order they are dropped: the lock is the last to go.
    listener: UnixListener,
    path: PathBuf,
    file: (u64, u64),
    lock: Flock<File>,
}

impl Claim {
    /// Takes `path`, and clears away what a dead server left there.
    ///
    /// # Errors
    /// See [`Refused`]. Then nothing has changed, or an empty file is new:
    /// `PATH.lock`, which stays. Who removed it could remove a lock that
    /// somebody else is about to take.
    pub fn take(path: &Path) -> Result<Self, Refused> {
        check_length(path)?;
        socket_there(path)?;
        let lock = lock(path)?;
        if left_by_the_dead(path)? {
            fs::remove_file(path).map_err(failed("unlink"))?;
        }
        let listener = UnixListener::bind(path).map_err(taken)?;
        let file = fs::symlink_metadata(path).map_err(failed("stat"))?;
        let path = path.to_path_buf();
        Ok(Claim { listener, path, file: identity(&file), lock })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Whoever has replaced the file without asking keeps theirs.
        let there = fs::symlink_metadata(&self.path);
        if there.is_ok_and(|file| identity(&file) == self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
// ANCHOR_END: claim

impl Claim {
    /// The listener and the lock. A process that this one forks has copies of
    /// both: as long as it keeps them, the path is taken.
    pub fn descriptors(&self) -> [RawFd; 2] {
        [self.listener.as_raw_fd(), self.lock.as_raw_fd()]
    }
}

impl Deref for Claim {
    type Target = UnixListener;

    fn deref(&self) -> &UnixListener {
        &self.listener
    }
}

/// A path that a socket's address has room for.
///
/// # Errors
/// [`Refused::Length`].
pub fn check_length(path: &Path) -> Result<(), Refused> {
    // Of an empty path the kernel makes a name of its own, without a file.
    match path.as_os_str().as_bytes().len() {
        1..=LONGEST => Ok(()),
        bytes => Err(Refused::Length(bytes)),
    }
}

// ANCHOR: lock
/// `PATH.lock`, locked by this process: `flock(2)`.
fn lock(path: &Path) -> Result<Flock<File>, Refused> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        // Not through a link that somebody has laid there: open(2).
        .custom_flags(libc::O_NOFOLLOW)
        .open(name)
        .map_err(failed("open PATH.lock"))?;
    let how = FlockArg::LockExclusiveNonblock;
    Flock::lock(file, how).map_err(|(_, error)| match error {
        Errno::EWOULDBLOCK => Refused::Alive,
        error => Refused::Call("flock", error.into()),
    })
}

/// Whether a socket's file is there that no socket has any more.
fn left_by_the_dead(path: &Path) -> Result<bool, Refused> {
    if !socket_there(path)? {
        return Ok(false);
    }
    // A server that doesn't know of the lock is asked whether it is there.
    let Err(error) = knock(path) else { return Err(Refused::Alive) };
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ECONNREFUSED) => Ok(true),
        Some(Errno::ENOENT) => Ok(false),
        // It lives: its queue is full, or it is a socket of another type.
        Some(Errno::EAGAIN | Errno::EPROTOTYPE) => Err(Refused::Alive),
        _ => Err(Refused::Call("connect", error)),
    }
}
// ANCHOR_END: lock

/// Whether a socket's file is there. Another file is an error.
fn socket_there(path: &Path) -> Result<bool, Refused> {
    match fs::symlink_metadata(path) {
        Ok(file) if file.file_type().is_socket() => Ok(true),
        Ok(_) => Err(Refused::NotASocket),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Refused::Call("stat", error)),
    }
}

/// Connects, and hangs up. Doesn't wait where the server's queue is full.
fn knock(path: &Path) -> io::Result<()> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(path)?)
}

/// A server without the lock was faster.
fn taken(error: io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::AddrInUse => Refused::Alive,
        _ => Refused::Call("bind", error),
    }
}

/// Which file this is: its device, and its number there.
fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}
