//! `{{#refusal lesson-byte-order wire_numbers_are_not_added}}`: a program
//! that must not compile, and what the compiler says of it.
//!
//! The words are those of `promises/NAME.stderr`, which the proof holds
//! against the compiler.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Page, Shelf, listing};

/// A promise of a lesson: the program, and under it the refusal.
pub fn refusal(
    shelf: &Shelf,
    page: &Page,
    package: &str,
    name: &str,
) -> Result<String> {
    let folder = shelf.crate_folder(package)?.join("promises");
    let path = folder.join(format!("{name}.stderr"));
    if !path.exists() {
        bail!(
            "no refusal {}; there are: {}. To record it: \
             TRYBUILD=overwrite cargo test -p proof --test promises",
            shelf.told(&path),
            listing::names(names(&folder))
        );
    }
    let told = fs::read_to_string(&path)
        .with_context(|| format!("can't read {}", shelf.told(&path)))?;
    let file = format!("promises/{name}.rs");
    let program = listing::listing(shelf, page, package, &file, None)?;
    Ok(format!(
        "{program}\n\n<figure class=\"sb-listing sb-refusal\"><figcaption>\
         The compiler refuses it</figcaption>\n\n{}\n\n</figure>",
        listing::fenced(&told.replace("$WORKSPACE/", ""), "stderr")
    ))
}

/// The promises in a folder whose refusal is recorded.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder);
    let paths = entries.into_iter().flatten().flatten().map(|e| e.path());
    let mut names: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "stderr"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_string()))
        .collect();
    names.sort();
    names
}
