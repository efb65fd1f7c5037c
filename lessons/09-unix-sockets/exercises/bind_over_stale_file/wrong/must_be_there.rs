//! Rejected by: a_free_path_is_bound, a_server_that_is_alive_keeps_its_path, the_file_of_the_lock_stays_the_same, the_lock_is_held_until_it_is_let_go
//!
//! Only the start after a crash was thought of: a file must be there.

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
