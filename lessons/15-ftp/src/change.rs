//! What else a client may do to the folder: remove, rename, make folders.
//!
//! The folder above is opened first, so that nothing leads out of it, and the
//! last part of the name has no `/`: unlinkat(2), renameat(2), mkdirat(2) do
//! with it what they do in that folder. A link is removed or renamed itself,
//! not what it leads to.

use std::os::fd::OwnedFd;

use nix::fcntl::{RenameFlags, renameat, renameat2};
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::folder::{Denied, Folder, Kind};
use crate::name;

impl Folder {
    /// Removes a file: `unlinkat(2)`.
    ///
    /// # Errors
    /// [`Denied`], with the reason: [`Denied::Folder`] for a folder.
    pub fn remove_file(&self, name: &str) -> Result<(), Denied> {
        let (above, last) = self.place(name)?;
        Ok(unlinkat(&above, last, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Removes an empty folder: `unlinkat(2)`, AT_REMOVEDIR.
    ///
    /// # Errors
    /// [`Denied`], with the reason: ENOTEMPTY if there is something in it.
    pub fn remove_folder(&self, name: &str) -> Result<(), Denied> {
        let (above, last) = self.place(name)?;
        Ok(unlinkat(&above, last, UnlinkatFlags::RemoveDir)?)
    }

    /// Makes a folder: `mkdirat(2)`.
    ///
    /// # Errors
    /// [`Denied`], with the reason: EEXIST if the name is taken.
    pub fn make_folder(&self, name: &str) -> Result<(), Denied> {
        let (above, last) = self.place(name)?;
        Ok(mkdirat(&above, last, Mode::from_bits_truncate(0o777))?)
    }

    /// Renames a file, also over another one, or a folder to a name that is
    /// free: `renameat(2)`.
    ///
    /// # Errors
    /// [`Denied`], with the reason.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), Denied> {
        let kind = self.entry(from)?.kind;
        let (above, last) = self.place(from)?;
        let (there, new) = self.place(to)?;
        match kind {
            Kind::File => {
                self.may_replace(to)?;
                Ok(renameat(&above, last, &there, new)?)
            }
            Kind::Folder => {
                let free = RenameFlags::RENAME_NOREPLACE;
                Ok(renameat2(&above, last, &there, new, free)?)
            }
        }
    }

    /// The folder above, and the last part of the name.
    fn place<'a>(&self, name: &'a str) -> Result<(OwnedFd, &'a str), Denied> {
        name::check(name)?;
        let (above, last) = name.rsplit_once('/').unwrap_or(("", name));
        Ok((self.folder(above)?, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lesson_unix_sockets::Folder as Scratch;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn folder() -> (Scratch, Folder) {
        let scratch = Scratch::new().unwrap();
        fs::create_dir(scratch.path("in")).unwrap();
        fs::create_dir(scratch.path("in/music")).unwrap();
        fs::write(scratch.path("in/a"), "a").unwrap();
        fs::write(scratch.path("in/music/b"), "b").unwrap();
        fs::write(scratch.path("secret"), "secret").unwrap();
        symlink("..", scratch.path("in/up")).unwrap();
        let folder = Folder::open(&scratch.path("in")).unwrap();
        (scratch, folder)
    }

    #[test]
    fn files_and_folders_are_made_renamed_and_removed() {
        let (scratch, folder) = folder();
        let is = |name: &str| scratch.path("in").join(name).exists();

        folder.make_folder("new").unwrap();
        folder.rename("a", "new/c").unwrap();
        assert!(!is("a") && is("new/c"));
        folder.rename("new", "newer").unwrap();
        folder.rename("music/b", "newer/c").unwrap();
        let c = fs::read(scratch.path("in/newer/c")).unwrap();
        assert_eq!(c, b"b");
        folder.remove_file("newer/c").unwrap();
        folder.remove_folder("newer").unwrap();
        assert!(!is("newer"));
    }

    #[test]
    fn what_is_not_empty_or_taken_stays() {
        let (scratch, folder) = folder();
        let is = |name: &str| scratch.path("in").join(name).exists();

        assert!(folder.remove_folder("music").is_err());
        assert!(folder.make_folder("music").is_err());
        assert!(folder.make_folder("a").is_err());
        assert!(folder.rename("music", "a").is_err());
        assert!(folder.rename("a", "music").is_err());
        folder.make_folder("empty").unwrap();
        assert!(folder.rename("music", "empty").is_err());
        let refused = folder.rename("a", "up");
        assert!(matches!(refused, Err(Denied::Link)), "{refused:?}");
        let refused = folder.remove_file("music");
        assert!(matches!(refused, Err(Denied::Folder)), "{refused:?}");
        let refused = folder.remove_folder("a");
        assert!(matches!(refused, Err(Denied::File)), "{refused:?}");
        assert!(is("music/b") && is("a"));
    }

    #[test]
    fn nothing_outside_is_changed_by_any_name() {
        let (scratch, folder) = folder();

        for name in
            ["../secret", "/secret", "up/secret", "..", "", "a/../../secret"]
        {
            assert!(folder.remove_file(name).is_err(), "{name}");
            assert!(folder.rename(name, "b").is_err(), "{name}");
            assert!(folder.rename("a", name).is_err(), "{name}");
        }
        assert!(folder.make_folder("up/made").is_err());
        assert!(scratch.path("secret").exists());
        assert!(!scratch.path("made").exists());
    }
}
