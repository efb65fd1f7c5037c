//! Rejected by: dots_are_no_part_of_a_name
//!
//! Lets .. pass as long as it leads no higher than the folder.

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
    let mut depth = 0;
    for part in name.split('/') {
        depth += if part == ".." { -1 } else { 1 };
        if depth < 0 || (part != ".." && !is_a_part(part)) {
            return Err(Refusal::Name);
        }
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
