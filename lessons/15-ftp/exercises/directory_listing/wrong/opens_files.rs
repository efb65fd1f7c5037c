//! Rejected by: what_is_no_file_and_no_folder_is_left_out
//!
//! Opens each file to ask for its size.

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
    let stat = std::fs::File::open(&path)
        .and_then(|file| file.metadata())
        .or_else(|_| path.metadata())
        .ok()?;
    let (kind, size) = match stat.file_type() {
        it if it.is_file() => ('-', stat.len()),
        it if it.is_dir() => ('d', 0),
        _ => return None,
    };
    Some(format!("{kind} {size:>12} {name}\r\n"))
}
