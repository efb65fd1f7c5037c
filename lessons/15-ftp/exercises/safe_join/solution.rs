//! What to notice:
//!
//! - There are two questions, and neither answers the other. The rules of
//!   names need no file system and give the user words; only the file system
//!   knows about links.
//! - Both paths are canonical before they are compared. `/tmp` may be a link
//!   itself.
//! - `Path::starts_with` compares whole parts. As text, `/srv/public` begins
//!   with `/srv/pub`.
//! - What was compared is what is returned. Nothing is decoded or joined after
//!   the look.
//! - `str::len` counts bytes, as the file system does: NAME_MAX, pathname(7).

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
    if !name.split('/').all(is_a_part) {
        return Err(Refusal::Name);
    }
    let folder = folder.canonicalize().map_err(|_| Refusal::NotThere)?;
    let path = folder.join(name);
    let path = path.canonicalize().map_err(|_| Refusal::NotThere)?;
    match path.starts_with(&folder) {
        true => Ok(path),
        false => Err(Refusal::NotThere),
    }
}

fn is_a_part(part: &str) -> bool {
    (1..=255).contains(&part.len())
        && !part.starts_with('.')
        && !part.contains(['\0', '\r', '\n'])
}
