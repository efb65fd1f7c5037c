//! Makes a built book light to load. mdBook links all of `additional-js`
//! and `additional-css` on every page; a page is to stay light however many
//! widgets the book has, and however well their sources are explained.
//!
//! A book built by stock mdBook works as well, and is only heavier.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Takes from each page below `folder`, a built book, the scripts and styles
/// of widgets that it doesn't have, and from these files what is there only
/// for those who read their source.
pub fn book(folder: &Path, widgets: &[&str]) -> Result<()> {
    let theme = folder.join("theme");
    if theme.is_dir() {
        each(&theme, &["js", "css"], &without_comments)?;
    }
    each(folder, &["html"], &|page| without_idle(page, widgets))
}

/// Rewrites every file below `folder` whose name ends like one of these, if
/// that makes it shorter.
fn each(
    folder: &Path,
    extensions: &[&str],
    lighten: &dyn Fn(&str) -> String,
) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|e| e.to_str());
        if path.is_dir() {
            each(&path, extensions, lighten)?;
        } else if extension.is_some_and(|e| extensions.contains(&e)) {
            let told = || format!("lighten {}", path.display());
            let text = fs::read_to_string(&path).with_context(told)?;
            let lean = lighten(&text);
            if lean.len() < text.len() {
                fs::write(&path, lean).with_context(told)?;
            }
        }
    }
    Ok(())
}

/// A script or style without indentation, empty lines, and the comments that
/// have their lines to themselves. All other lines stay lines.
fn without_comments(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        inside |= line.starts_with("/*");
        let code = match (inside, line.split_once("*/")) {
            (true, Some((_, code))) => code.trim(),
            (true, None) => continue,
            (false, _) => line,
        };
        inside = false;
        if !code.is_empty() && !code.starts_with("//") {
            lean += code;
            lean.push('\n');
        }
    }
    lean
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

    #[test]
    fn a_script_loses_its_comments_and_nothing_else() {
        let script = "// @ts-check\n/* Two\n   lines. */\n(() => {\n\n  \
                      /** @type {X} */ let a;\n  // Why.\n  const b = \
                      `<p>\n    <b>`; // here\n})();\n";

        let lean = without_comments(script);

        let kept = "(() => {\nlet a;\nconst b = `<p>\n<b>`; \
                    // here\n})();\n";
        assert_eq!(lean, kept);
    }

    #[test]
    fn a_style_loses_its_comments_and_nothing_else() {
        let style = "/* A\n   widget. */\n.a { color: red; }\n\n\
                     @media print {\n  /* Paper. */\n  .a { b: url(//c); }\n}\n";

        let kept =
            ".a { color: red; }\n@media print {\n.a { b: url(//c); }\n}\n";
        assert_eq!(without_comments(style), kept);
    }

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
