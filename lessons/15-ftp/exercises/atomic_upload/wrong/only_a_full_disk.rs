//! Rejected by: a_file_with_a_hole_is_not_committed
//!
//! Takes nothing but a full disk for a failure.

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

/// How many hidden names are tried.
const TRIES: usize = 1_000;

/// A file on its way.
pub struct Upload<'d> {
    disk: &'d dyn Disk,
    name: String,
    hidden: String,
    file: Handle,
    /// A write has failed: the file has a hole.
    failed: bool,
    /// The hidden name is no longer ours.
    renamed: bool,
}

impl<'d> Upload<'d> {
    /// Begins a file that will be called `name`.
    pub fn begin(disk: &'d dyn Disk, name: &str) -> io::Result<Self> {
        for number in 0..TRIES {
            let hidden = format!(".upload-{number}");
            match disk.create(&hidden) {
                Ok(file) => {
                    let name = name.to_string();
                    let (failed, renamed) = (false, false);
                    return Ok(Upload {
                        disk,
                        name,
                        hidden,
                        file,
                        failed,
                        renamed,
                    });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Gives the file its name, in place of an old one.
    pub fn commit(mut self) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("a write has failed before"));
        }
        self.disk.sync(self.file)?;
        self.disk.rename(&self.hidden, &self.name)?;
        self.renamed = true;
        self.disk.sync_folder()
    }
}

impl Write for Upload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.disk.write(self.file, bytes);
        if let Err(error) = &written {
            self.failed |= error.kind() == io::ErrorKind::StorageFull;
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        if !self.renamed {
            // There is no more to be done about a name that stays.
            let _ = self.disk.remove(&self.hidden);
        }
    }
}
