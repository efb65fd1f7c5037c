//! Rejected by: the_folder_itself_may_be_behind_a_link
//!
//! Compares with the path of the folder as it was given.

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
    let path = folder.join(name);
    let path = path.canonicalize().map_err(|_| Refusal::NotThere)?;
    match path.starts_with(folder) {
        true => Ok(path),
        false => Err(Refusal::NotThere),
    }
}

fn is_a_part(part: &str) -> bool {
    (1..=255).contains(&part.len())
        && !part.starts_with('.')
        && !part.contains(['\0', '\r', '\n'])
}
