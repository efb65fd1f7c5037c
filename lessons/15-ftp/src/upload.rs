//! A file that is whole or not there.
//!
//! ```text
//! open O_TMPFILE   a file without a name: nobody else can see it, and if
//!                  this process dies, the kernel takes it away
//! write …          ENOSPC here is trouble of this file only
//! fsync            its bytes are on the disk before its name is
//! linkat           a hidden name: linkat(2) replaces nothing
//! renameat         the name, in one step: rename(2)
//! fsync            the folder: the name is on the disk, too
//! ```
//!
//! Who opens the name sees the old file before the rename and the new one
//! after it, whole each time. Who has the old one open goes on reading it.
//!
//! If the process dies between linkat and renameat, the hidden name stays: a
//! whole file that no client is shown. Nobody holds its lock any more, flock(2),
//! so an upload that meets it removes it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use narrator::During;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, Flock, FlockArg, OFlag, openat, renameat};
use nix::sys::stat::{FileStat, Mode, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, fsync, linkat, unlinkat};

use crate::folder::Denied;

/// How many hidden names are tried.
const TRIES: u64 = 1024;

/// A file on its way. It has its name when [`Upload::commit`] returns; if it
/// is dropped before, it never was.
#[derive(Debug)]
pub struct Upload {
    /// Locked: whoever finds it under a hidden name knows that it is alive.
    file: Flock<File>,
    folder: OwnedFd,
    name: String,
}

impl Upload {
    // ANCHOR: begin
    /// Begins a file without a name in `folder`: `openat(2)`, O_TMPFILE.
    pub(crate) fn begin(folder: OwnedFd, name: &str) -> Result<Self, Denied> {
        let flags = OFlag::O_TMPFILE | OFlag::O_WRONLY | OFlag::O_CLOEXEC;
        // The umask takes from this what it takes from all files.
        let mode = Mode::from_bits_truncate(0o666);
        let file = locked(openat(&folder, ".", flags, mode)?)?;
        Ok(Upload { file, folder, name: name.to_string() })
    }
    // ANCHOR_END: begin

    /// Takes the first bytes of another file, as many as it has: how many
    /// they were. The kernel copies them where it can, copy_file_range(2).
    ///
    /// # Errors
    /// Those of a read, and of a write: ENOSPC.
    pub fn copy_from(&mut self, old: &File, count: u64) -> io::Result<u64> {
        io::copy(&mut old.take(count), &mut *self.file)
    }

    // ANCHOR: commit
    /// Gives the file its name, in place of an old one.
    ///
    /// # Errors
    /// Those of the calls above, each with its name: then the old file is
    /// there as before; or, after the last of them, the new one.
    pub fn commit(self) -> io::Result<()> {
        // fsync(2): write may have succeeded, and the disk be full all the
        // same. Here it is told.
        self.file.sync_all().during("fsync")?;
        let hidden = self.link().during("linkat")?;
        let renamed = renameat(
            &self.folder,
            hidden.as_str(),
            &self.folder,
            self.name.as_str(),
        );
        if renamed.is_err() {
            // There is no more to be done about a name that stays.
            let keep = UnlinkatFlags::NoRemoveDir;
            let _ = unlinkat(&self.folder, hidden.as_str(), keep);
        }
        renamed.during("renameat")?;
        Ok(fsync(&self.folder).during("fsync the folder")?)
    }

    /// Gives it a hidden name that nobody else has.
    fn link(&self) -> nix::Result<String> {
        // open(2), O_TMPFILE: a file without a name is linked by this one.
        let itself = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        for number in 0..TRIES {
            let hidden = format!(".lesson-ftp-upload-{number}");
            match linkat(
                AT_FDCWD,
                itself.as_str(),
                &self.folder,
                hidden.as_str(),
                AtFlags::AT_SYMLINK_FOLLOW,
            ) {
                // Of another upload, or left by one that died.
                Err(Errno::EEXIST) => self.sweep(&hidden),
                Ok(()) => return Ok(hidden),
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EEXIST)
    }
    // ANCHOR_END: commit

    /// Removes a hidden name whose upload has died. It may be another's by
    /// now: but not any more while its lock is held here.
    fn sweep(&self, hidden: &str) {
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        let mode = Mode::empty();
        let left = openat(&self.folder, hidden, flags | OFlag::O_CLOEXEC, mode);
        let Ok(left) = left.and_then(locked) else { return };
        let named = fstatat(&self.folder, hidden, AtFlags::AT_SYMLINK_NOFOLLOW);
        let inode = |it: FileStat| (it.st_dev, it.st_ino);
        if named.map(inode) == fstat(&*left).map(inode) {
            let _ = unlinkat(&self.folder, hidden, UnlinkatFlags::NoRemoveDir);
        }
    }
}

/// Locks a file until it is closed, by whatever death: `flock(2)`.
fn locked(file: OwnedFd) -> nix::Result<Flock<File>> {
    let lock = Flock::lock(file.into(), FlockArg::LockExclusiveNonblock);
    lock.map_err(|(_, errno)| errno)
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// For calls that move bytes without a copy: splice(2).
impl AsFd for Upload {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
