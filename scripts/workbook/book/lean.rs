//! Takes from each page the scripts and styles of widgets that it doesn't
//! have. mdBook links all of `additional-js` and `additional-css` on every
//! page; a page is to stay light however many widgets the book has.
//!
//! A book built by stock mdBook keeps them, and is only heavier.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Rewrites every page below `folder`, a built book.
pub fn pages(folder: &Path, widgets: &[&str]) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            pages(&path, widgets)?;
        } else if path.extension().is_some_and(|e| e == "html") {
            let told = || format!("lighten {}", path.display());
            let page = fs::read_to_string(&path).with_context(told)?;
            let lean = without_idle(&page, widgets);
            if lean.len() < page.len() {
                fs::write(&path, lean).with_context(told)?;
            }
        }
    }
    Ok(())
}

/// The page without the lines that link a widget's files, unless its element
/// is there. mdBook puts each link on a line of its own.
fn without_idle(page: &str, widgets: &[&str]) -> String {
    let idle: Vec<_> = widgets
        .iter()
        .filter(|name| !page.contains(&format!("<sb-{name}>")))
        .flat_map(|name| [format!("theme/{name}-"), format!("theme/{name}.")])
        .collect();
    let links_idle = |line: &&str| {
        let line = line.trim_start();
        let links = ["<script src=", "<link rel=\"stylesheet\""];
        links.iter().any(|tag| line.starts_with(tag))
            && idle.iter().any(|file| line.contains(file))
    };
    page.split_inclusive('\n').filter(|line| !links_idle(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDGETS: &[&str] = &["frame-explorer", "ladder"];

    #[test]
    fn a_page_keeps_the_files_of_its_own_widgets_alone() {
        let head = "<link rel=\"stylesheet\" href=\"theme/ladder-1a.css\">\n\
                    <script src=\"theme/frame-explorer-2b.js\"></script>\n";
        let kept = "<script src=\"theme/other-3c.js\"></script>\n\
                    <p>theme/frame-explorer-2b.js</p>\n";

        let without = without_idle(&format!("{head}{kept}"), WIDGETS);
        let page = format!("{head}{kept}<sb-ladder><sb-frame-explorer>");

        assert_eq!(without, kept);
        assert_eq!(without_idle(&page, WIDGETS), page);
    }
}
