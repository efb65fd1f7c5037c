//! Rejected by: dots_are_no_part_of_a_name, an_absolute_name_is_refused, a_part_is_not_empty, hidden_names_are_refused, a_byte_0_and_line_ends_are_refused, a_part_has_at_most_255_bytes, percent_signs_and_backslashes_are_letters, what_is_not_there_is_told, a_link_that_stays_below_is_followed, a_link_that_leads_out_is_not_there, a_neighbour_is_not_below
//!
//! Joins, and asks nothing.

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
    let folder = folder.canonicalize().map_err(|_| Refusal::NotThere)?;
    let path = folder.join(name);
    match path.as_os_str().len() > 0 {
        true => Ok(path),
        false => Err(Refusal::NotThere),
    }
}

fn is_a_part(part: &str) -> bool {
    (1..=255).contains(&part.len())
        && !part.starts_with('.')
        && !part.contains(['\0', '\r', '\n'])
}
