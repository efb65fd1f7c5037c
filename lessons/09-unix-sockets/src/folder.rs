//! A folder for socket files, there for one run.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use narrator::During;

use crate::at_exit;

/// The most bytes that a socket's path may have: `sun_path` has 108, and the
/// last is a zero, unix(7).
pub const LONGEST: usize = 107;

/// Leaves room for the folder's name and the socket's.
const LONGEST_BASE: usize = 50;

/// The folders that are there, for a program that ends in the middle, as when
/// nobody reads its output any more.
static THERE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn there() -> impl std::ops::DerefMut<Target = Vec<PathBuf>> {
    THERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes a folder. A demo may have taken its permissions away. Errors have
/// nobody to go to: then it stays in the place for what is temporary.
fn remove(folder: &Path) {
    let _ = fs::set_permissions(folder, Permissions::from_mode(0o700));
    let _ = fs::remove_dir_all(folder);
}

extern "C" fn remove_all() {
    there().drain(..).for_each(|folder| remove(&folder));
}

// ANCHOR: folder
/// A new folder that only this user can enter, with all that is in it removed
/// at the end: when its owner is done, and also on an error.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes a folder with a name that nobody has, and with mode 0700:
    /// `mkdtemp(3)`. It is in `$TMPDIR` unless that has a long path, because
    /// a socket's path may have 107 bytes only: [`LONGEST`].
    pub fn new() -> io::Result<Self> {
        let base = std::env::temp_dir();
        let long = base.as_os_str().as_bytes().len() > LONGEST_BASE;
        let base = if long { Path::new("/tmp") } else { &base };
        let name = base.join("unix-XXXXXX");
        static ONCE: Once = Once::new();
        ONCE.call_once(|| at_exit::call(remove_all));
        let made = nix::unistd::mkdtemp(&name).during(format_args!(
            "mkdtemp {} (set TMPDIR to a folder that you may write to)",
            name.display()
        ))?;
        there().push(made.clone());
        Ok(Folder(made))
    }

    /// The path of a file in it.
    pub fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.0.join(name.as_ref())
    }

    /// Its own path.
    pub fn here(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.0);
        there().retain(|folder| *folder != self.0);
    }
}
// ANCHOR_END: folder

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_goes_with_all_that_is_in_it() {
        let folder = Folder::new().unwrap();
        let mode = fs::metadata(folder.here()).unwrap().permissions().mode();
        fs::write(folder.path("file"), "").unwrap();
        let closed = Permissions::from_mode(0o000);
        fs::set_permissions(folder.here(), closed).unwrap();
        let here = folder.here().to_path_buf();

        drop(folder);

        assert_eq!(mode & 0o777, 0o700);
        assert!(!here.exists());
    }

    #[test]
    fn two_folders_are_two() {
        let (one, other) = (Folder::new().unwrap(), Folder::new().unwrap());

        assert_ne!(one.here(), other.here());
    }
}
