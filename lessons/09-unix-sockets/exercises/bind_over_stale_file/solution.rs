//! What to notice:
//!
//! - The lock comes first. All that follows is done by one server at a time,
//!   so a look at the path stays true until bind.
//! - The lock answers whether a server is alive. A connection to the path
//!   doesn't: a server between its bind and its listen refuses as well.
//! - `symlink_metadata` looks at what is there, and `metadata` at what a link
//!   there leads to.
//! - Nobody removes the lock's file. Another server may have opened it, and
//!   would lock a file that has no name any more.
//! - A server that is killed unlocks: the kernel closes its files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

/// Listens at `path`. The lock is that of `PATH.lock`.
///
/// # Errors
///
/// `AddrInUse` while another server has the lock, `AlreadyExists` when
/// something else than a socket is at `path`.
pub fn listen(path: &Path) -> io::Result<(UnixListener, Flock<File>)> {
    let lock = lock(path)?;
    match fs::symlink_metadata(path) {
        Ok(file) if file.file_type().is_socket() => fs::remove_file(path)?,
        Ok(_) => return Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok((UnixListener::bind(path)?, lock))
}

fn lock(path: &Path) -> io::Result<Flock<File>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut how = OpenOptions::new();
    let file = how.write(true).create(true).truncate(false).open(name)?;
    let lock = Flock::lock(file, FlockArg::LockExclusiveNonblock);
    lock.map_err(|(_, error)| match error {
        Errno::EWOULDBLOCK => ErrorKind::AddrInUse.into(),
        error => error.into(),
    })
}
