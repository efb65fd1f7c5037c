//! A folder that nothing leads out of.
//!
//! A check of the name alone is not enough: `photos` may be a link to `/`,
//! or become one between the check and the open. So the kernel is told the
//! rule with the name, and keeps it while it walks: openat2(2).
//!
//! ```text
//! check the name      .. and / and hidden names: refused with words
//! openat2(2)          RESOLVE_BENEATH        a way out is EXDEV
//!                     RESOLVE_NO_MAGICLINKS  /proc's links are ELOOP
//! fstat(2)            a regular file, or it is refused
//! ```
//!
//! The question is asked of what was opened, never of a name: what a name
//! stands for may have changed since.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use narrator::explain;
use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::name::{self, Fault};
use crate::upload::Upload;

/// How often a walk is tried that somebody else has disturbed.
const TRIES: usize = 64;

/// The folder that is served.
#[derive(Debug)]
pub struct Folder(OwnedFd);

/// What a client may see of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, without the folders above it.
    pub name: String,
    /// A file, or a folder.
    pub kind: Kind,
    /// The bytes of a file.
    pub size: u64,
    /// When its content was changed: seconds since 1970, in UTC.
    pub modified: i64,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
}

/// Why a client doesn't get what it asked for.
#[derive(Debug)]
pub enum Denied {
    /// The name itself: no file system was asked.
    Name(Fault),
    /// A link leads out of the folder: EXDEV.
    Outside,
    /// A link of /proc, or links without an end: ELOOP.
    Links,
    /// No such name.
    Missing,
    /// A folder, where a file was asked for.
    Folder,
    /// A file, where a folder was asked for.
    File,
    /// A FIFO, a socket or a device: to open it could wait for ever.
    Special,
    /// A link, where a file was to be replaced.
    Link,
    /// What the system says: no right, no room.
    System(io::Error),
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Denied::Name(fault) => return fault.fmt(f),
            Denied::System(error) => return f.write_str(&explain(error)),
            Denied::Outside => "it leads out of the folder",
            Denied::Links => "a magic link, or links without an end",
            Denied::Missing => "no such file or folder",
            Denied::Folder => "it is a folder",
            Denied::File => "it is not a folder",
            Denied::Special => "it is not a regular file",
            Denied::Link => "a link is not replaced",
        })
    }
}

impl std::error::Error for Denied {}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        Denied::Name(fault)
    }
}

impl From<Errno> for Denied {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::EXDEV => Denied::Outside,
            Errno::ELOOP => Denied::Links,
            Errno::ENOENT => Denied::Missing,
            Errno::ENOTDIR => Denied::File,
            Errno::EISDIR => Denied::Folder,
            // open(2): the file is a socket, or a device without a driver.
            Errno::ENXIO | Errno::ENODEV => Denied::Special,
            other => Denied::System(other.into()),
        }
    }
}

impl From<Denied> for io::Error {
    fn from(denied: Denied) -> Self {
        io::Error::other(denied)
    }
}

impl Folder {
    /// Opens the folder that shall be served.
    ///
    /// # Errors
    /// Those of open(2): ENOENT, ENOTDIR, EACCES.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        Ok(Folder(open(path, flags, Mode::empty())?))
    }

    // ANCHOR: file
    /// Opens a file for reading: a regular file, or it is refused.
    ///
    /// # Errors
    /// [`Denied`], with the reason.
    pub fn file(&self, name: &str) -> Result<File, Denied> {
        Ok(self.file_and_stat(name)?.0)
    }

    /// The same, with what was looked at on the way: `fstat(2)`.
    ///
    /// # Errors
    /// Those of [`Folder::file`].
    pub fn file_and_stat(
        &self,
        name: &str,
    ) -> Result<(File, FileStat), Denied> {
        name::check(name)?;
        // O_NONBLOCK: to open a FIFO for reading waits for a writer, fifo(7).
        let file = self.walk(name, OFlag::O_RDONLY | OFlag::O_NONBLOCK)?;
        let stat = fstat(&file)?;
        match kind(&stat) {
            Some(Kind::File) => Ok((file.into(), stat)),
            Some(Kind::Folder) => Err(Denied::Folder),
            None => Err(Denied::Special),
        }
    }

    /// Opens what a name stands for, and never anything outside:
    /// `openat2(2)`.
    fn walk(&self, name: &str, flags: OFlag) -> nix::Result<OwnedFd> {
        let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).resolve(
            ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS,
        );
        for _ in 0..TRIES {
            match openat2(&self.0, name, how) {
                // openat2(2): somebody moved a folder meanwhile. Try again.
                Err(Errno::EAGAIN) => {}
                opened => return opened,
            }
        }
        Err(Errno::EAGAIN)
    }
    // ANCHOR_END: file

    /// What a name stands for.
    ///
    /// # Errors
    /// [`Denied`], with the reason.
    pub fn entry(&self, name: &str) -> Result<Entry, Denied> {
        name::check(name)?;
        let stat = fstat(&self.walk(name, OFlag::O_PATH)?)?;
        let last = name.rsplit('/').next().unwrap_or(name);
        Entry::new(last, &stat).ok_or(Denied::Special)
    }

    /// What the served folder itself is.
    ///
    /// # Errors
    /// Those of fstat(2).
    pub fn itself(&self) -> Result<Entry, Denied> {
        Entry::new("", &fstat(&self.0)?).ok_or(Denied::Special)
    }

    // ANCHOR: entries
    /// What is in a folder, sorted by name; `""` is the served one itself.
    ///
    /// What can't be asked for isn't in it: hidden names, names that are not
    /// UTF-8 or hold line ends, FIFOs, links that lead out.
    ///
    /// # Errors
    /// [`Denied`], with the reason.
    pub fn entries(&self, name: &str) -> Result<Vec<Entry>, Denied> {
        let mut dir = Dir::from_fd(self.folder(name)?)?;
        let mut names = Vec::new();
        for entry in dir.iter() {
            let entry = entry?;
            let file = entry.file_name().to_str().map(str::to_string);
            let fine = file.ok().filter(|file| name::check(file).is_ok());
            names.extend(fine.map(|file| (file, entry.file_type())));
        }
        names.sort_by(|(a, _), (b, _)| a.cmp(b));
        let look = |(file, hint): (String, Option<Type>)| match hint {
            // Only the whole way from the top shows where a link leads.
            Some(Type::Symlink) if name.is_empty() => self.entry(&file).ok(),
            Some(Type::Symlink) => self.entry(&format!("{name}/{file}")).ok(),
            _ => {
                let flags = AtFlags::AT_SYMLINK_NOFOLLOW;
                // Gone meanwhile: then it isn't in the list.
                let stat = fstatat(&dir, file.as_str(), flags).ok()?;
                Entry::new(&file, &stat)
            }
        };
        Ok(names.into_iter().filter_map(look).collect())
    }
    // ANCHOR_END: entries

    /// Begins a file, new or in place of an old one: see [`Upload`].
    ///
    /// # Errors
    /// [`Denied`]: the reasons of [`Folder::file`], and those of the system,
    /// such as no right to write.
    pub fn upload(&self, name: &str) -> Result<Upload, Denied> {
        name::check(name)?;
        self.may_replace(name)?;
        let (above, last) = name.rsplit_once('/').unwrap_or(("", name));
        Upload::begin(self.folder(above)?, last)
    }

    /// Takes a file's name away: unlinkat(2). Whoever has it open reads on.
    ///
    /// # Errors
    /// [`Denied`]: as for an upload, and when nothing is there.
    pub fn remove(&self, name: &str) -> Result<(), Denied> {
        name::check(name)?;
        self.may_replace(name)?;
        let (above, last) = name.rsplit_once('/').unwrap_or(("", name));
        // It never removes a folder, whatever has the name by now.
        let keep = UnlinkatFlags::NoRemoveDir;
        Ok(unlinkat(self.folder(above)?, last, keep)?)
    }

    /// Nothing is there, or a regular file.
    pub(crate) fn may_replace(&self, name: &str) -> Result<(), Denied> {
        let old = self.walk(name, OFlag::O_PATH | OFlag::O_NOFOLLOW);
        let stat = match old {
            Err(Errno::ENOENT) => return Ok(()),
            old => fstat(&old?)?,
        };
        match kind(&stat) {
            Some(Kind::File) => Ok(()),
            Some(Kind::Folder) => Err(Denied::Folder),
            None if is(&stat, SFlag::S_IFLNK) => Err(Denied::Link),
            None => Err(Denied::Special),
        }
    }

    /// Opens a folder below this one, or this one: `""`.
    pub(crate) fn folder(&self, name: &str) -> Result<OwnedFd, Denied> {
        let itself = name.is_empty();
        if !itself {
            name::check(name)?;
        }
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
        Ok(self.walk(if itself { "." } else { name }, flags)?)
    }
}

impl Entry {
    fn new(name: &str, stat: &FileStat) -> Option<Self> {
        let kind = kind(stat)?;
        let size = match kind {
            Kind::File => u64::try_from(stat.st_size).ok()?,
            Kind::Folder => 0,
        };
        let name = name.to_string();
        Some(Entry { name, kind, size, modified: stat.st_mtime })
    }
}

/// The notes' is-a-file check: `fstat(2)`.
fn kind(stat: &FileStat) -> Option<Kind> {
    if is(stat, SFlag::S_IFREG) {
        Some(Kind::File)
    } else if is(stat, SFlag::S_IFDIR) {
        Some(Kind::Folder)
    } else {
        None
    }
}

fn is(stat: &FileStat, kind: SFlag) -> bool {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == kind
}
