//! Rejected by: a_file_is_a_line_with_kind_size_and_name, a_folder_is_told_from_a_file, the_names_are_sorted_by_their_bytes, many_entries_are_all_listed, a_large_size_is_written_out, a_name_is_written_as_it_is, hidden_names_are_left_out, names_with_line_ends_are_left_out, names_that_are_not_text_are_left_out, a_link_is_what_it_leads_to, links_to_nothing_are_left_out, links_that_lead_out_are_left_out, what_is_no_file_and_no_folder_is_left_out, a_file_that_nobody_may_read_is_listed, a_folder_behind_a_link_is_listed
//!
//! Writes the size without the columns.

use std::io;
use std::path::Path;

/// The lines for a folder: `readdir(3)`, then `stat(2)` for each entry.
pub fn directory_listing(folder: &Path) -> io::Result<String> {
    let folder = folder.canonicalize()?;
    let mut names = Vec::new();
    for entry in folder.read_dir()? {
        // A name that is not UTF-8 can't be asked for.
        names.extend(entry?.file_name().into_string());
    }
    names.retain(|name| is_shown(name));
    names.sort();
    Ok(names.iter().filter_map(|name| line(&folder, name)).collect())
}

fn is_shown(name: &str) -> bool {
    !name.starts_with('.') && !name.contains(['\r', '\n'])
}

/// None for what a client can't ask for.
fn line(folder: &Path, name: &str) -> Option<String> {
    let path = folder.join(name).canonicalize().ok()?;
    if !path.starts_with(folder) {
        return None;
    }
    let stat = path.metadata().ok()?;
    let (kind, size) = match stat.file_type() {
        it if it.is_file() => ('-', stat.len()),
        it if it.is_dir() => ('d', 0),
        _ => return None,
    };
    Some(format!("{kind} {size} {name}\r\n"))
}
