//! Upload a file so that it is whole or not there.
//!
//! Write `Upload`. It takes the bytes of a file in pieces, as any `Write`, and
//! gives the file its name in the end. It works on a `Disk`, whose methods are
//! the system calls that their docs name; the checks bring disks that fill up,
//! fail at any call, and lose their power.
//!
//! - `begin`: creates a file of a hidden name in the same folder. A hidden
//!   name begins with a dot and has no `/`. If a name is taken
//!   (`AlreadyExists`), it belongs to somebody else, or to a server that died:
//!   leave it alone and try another, but not more than 1,000. All other errors
//!   are the caller's.
//! - `write`: hands the bytes to the disk, and says how many it took. That may
//!   be fewer than all.
//! - `commit`: the old file is replaced by the new one in one step. When it
//!   returns `Ok`, the file and its name have reached the disk. Once a write
//!   has failed, `commit` fails: the file has a hole. `Interrupted` is no
//!   failure: signal(7), nothing was written, and the caller tries again.
//! - Dropped without a commit, or when commit fails before the name is given:
//!   the hidden name is removed, and the old file is as it was. If removing
//!   fails, too, there is nothing more to be done.
//! - Two uploads of one name may be under way. The one that is committed last
//!   is there in the end, whole.
//!
//! Any bytes that have not been synced are lost when the power is; any change
//! of a name may be.
//!
//! Check it: `cargo workbook check atomic_upload`
//!
//! Read chapter 15, "A file that is whole or not there".

use std::io::{self, Write};

/// An open file of a [`Disk`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(pub usize);

/// One folder of a file system.
pub trait Disk {
    /// Creates a file and opens it for writing: `open(2)`, O_CREAT | O_EXCL.
    /// A name that is taken is `AlreadyExists`.
    fn create(&self, name: &str) -> io::Result<Handle>;

    /// Writes behind what is there, and tells how much it took: `write(2)`.
    fn write(&self, file: Handle, bytes: &[u8]) -> io::Result<usize>;

    /// Waits until the file's bytes have reached the disk: `fsync(2)`.
    fn sync(&self, file: Handle) -> io::Result<()>;

    /// Gives a file another name, in place of what has it: `rename(2)`.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Takes a name away: `unlink(2)`.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Waits until the names have reached the disk: `fsync(2)` of the folder.
    fn sync_folder(&self) -> io::Result<()>;
}

/// A file on its way. Add the fields that you need.
pub struct Upload<'d> {
    disk: &'d dyn Disk,
    name: String,
}

impl<'d> Upload<'d> {
    /// Begins a file that will be called `name`.
    pub fn begin(disk: &'d dyn Disk, name: &str) -> io::Result<Self> {
        todo!("create a file of a hidden name")
    }

    /// Gives the file its name, in place of an old one.
    pub fn commit(self) -> io::Result<()> {
        todo!("which calls, and in which order?")
    }
}

impl Write for Upload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        todo!("write to the disk")
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        // What is to be removed, and when?
    }
}
