//! Join a folder and a name that a stranger has sent.
//!
//! Write `safe_join`. It answers with the path of the file, or with why not:
//!
//! - `Err(Refusal::Name)`: the name breaks a rule, and no file system was
//!   asked. A name is one or more parts with one `/` between two of them. A
//!   part is 1 to 255 *bytes* of UTF-8, doesn't begin with a dot (so `.`, `..`
//!   and hidden names are none), and holds no byte 0, no CR, no LF.
//! - `Err(Refusal::NotThere)`: nothing is there that may be seen. The name
//!   leads to nothing, or, by a link, out of the folder. The client isn't told
//!   which of both it is: it would learn what is outside.
//! - `Ok(path)`: what the name stands for, with all links followed, absolute.
//!   It is the folder itself or below it.
//!
//! A name is used as it came. `%2e%2e` and `..\\a` are names like any other
//! on Linux: nothing is decoded, and a backslash parts nothing.
//!
//! The folder's own path may be relative, lead over links, and hold `..`: who
//! runs the server wrote it, and may.
//!
//! What the answer promises: it was true when the file system was asked. Who
//! can make links in the folder can change it before the file is opened. The
//! chapter shows how `openat2(2)` closes that gap.
//!
//! Check it: `cargo workbook check safe_join`
//!
//! Read chapter 15, "Nothing outside the folder".

use std::path::{Path, PathBuf};

/// Why there is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The name breaks a rule.
    Name,
    /// Nothing is there that may be seen.
    NotThere,
}

/// Joins a folder of ours and a name of theirs.

pub fn safe_join(folder: &Path, name: &str) -> Result<PathBuf, Refusal> {
    todo!("look at the name, then at what it stands for")
}
