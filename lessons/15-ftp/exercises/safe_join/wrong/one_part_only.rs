//! Rejected by: a_name_may_lead_into_a_folder_below, a_part_has_at_most_255_bytes, percent_signs_and_backslashes_are_letters, what_is_not_there_is_told, a_link_that_stays_below_is_followed, a_link_that_leads_out_is_not_there, a_neighbour_is_not_below
//!
//! Lets no / stand in a name.

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
    if name.contains('/') || !is_a_part(name) {
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
