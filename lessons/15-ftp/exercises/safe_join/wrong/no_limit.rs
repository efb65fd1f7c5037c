//! Rejected by: a_part_has_at_most_255_bytes
//!
//! Leaves it to the file system how long a name may be.

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
    !part.is_empty()
        && !part.starts_with('.')
        && !part.contains(['\0', '\r', '\n'])
}
