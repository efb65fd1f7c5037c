//! Rejected by: a_link_that_leads_out_is_not_there, a_neighbour_is_not_below
//!
//! Asks about the last part only: a link in the middle is followed.

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
    let last = path.read_link();
    let end = path.canonicalize().map_err(|_| Refusal::NotThere)?;
    if last.is_ok() && !end.starts_with(&folder) {
        return Err(Refusal::NotThere);
    }
    if !end.starts_with(&folder) {
        return Ok(end);
    }
    let path = end;
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
