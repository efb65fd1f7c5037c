//! `{{#listing lesson-tcp src/echo.rs server}}`: code as it is compiled.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Page, Shelf, html, sources};

/// A file of a lesson, or the part between two anchors, with a caption that
/// leads to the whole. The package `workbook` stands for the workspace,
/// whose own files have no page in the book.
pub fn listing(
    shelf: &Shelf,
    page: &Page,
    package: &str,
    file: &str,
    anchor: Option<&str>,
) -> Result<String> {
    let folder = match package {
        "workbook" => shelf.root.clone(),
        package => shelf.crate_folder(package)?,
    };
    let path = folder.join(file);
    if !path.exists() {
        bail!("no file {}", shelf.told(&path));
    }
    let text = fs::read_to_string(&path)
        .with_context(|| format!("can't read {}", shelf.told(&path)))?;
    let code = match anchor {
        Some(anchor) => part(&text, anchor)?,
        None => without_anchors(&text),
    };
    let told = html::escape(&shelf.told(&path));
    let caption = match package {
        "workbook" => format!("<code class=\"nohighlight\">{told}</code>"),
        package => {
            let href = sources::href(page, package, file);
            format!("<a href=\"{href}\">{told}</a>")
        }
    };
    Ok(format!(
        "<figure class=\"sb-listing\"><figcaption>{caption}</figcaption>\
         \n\n{}\n\n</figure>",
        fenced(&code, file)
    ))
}

/// What could have been named, in a message.
pub fn names(names: Vec<String>) -> String {
    match names.is_empty() {
        true => "none".to_string(),
        false => names.join(", "),
    }
}

/// Code as a fenced block of its language.
pub fn fenced(code: &str, file: &str) -> String {
    let language = match Path::new(file).extension().and_then(|e| e.to_str()) {
        Some("rs") => "rust",
        Some("toml") => "toml",
        _ => "text",
    };
    let mut fence = "```".to_string();
    while code.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}", code.trim_end())
}

/// The lines between `// ANCHOR: name` and `// ANCHOR_END: name`, without
/// the indentation that they share.
fn part(text: &str, name: &str) -> Result<String> {
    let begins = |line: &&str| anchored(line, "ANCHOR:") == Some(name);
    let ends = |line: &&str| anchored(line, "ANCHOR_END:") == Some(name);
    let mut rest = text.lines().skip_while(|line| !begins(line));
    if rest.next().is_none() {
        let known = text.lines().filter_map(|l| anchored(l, "ANCHOR:"));
        let known = names(known.map(str::to_string).collect());
        bail!("no `// ANCHOR: {name}` in the file; there are: {known}");
    }
    if !text.lines().any(|line| ends(&line)) {
        bail!("`// ANCHOR: {name}` has no `// ANCHOR_END: {name}`");
    }
    let lines: Vec<_> = rest.take_while(|line| !ends(line)).collect();
    let code = unindented(&lines);
    match code.trim().is_empty() {
        true => bail!("nothing stands between the anchors of `{name}`"),
        false => Ok(without_anchors(&code)),
    }
}

/// The text without the lines that only mark a part of it.
pub fn without_anchors(text: &str) -> String {
    let marks = |line: &str| {
        anchored(line, "ANCHOR:").is_some()
            || anchored(line, "ANCHOR_END:").is_some()
    };
    let lines = text.lines().filter(|line| !marks(line));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The name in a line `// KIND name`.
fn anchored<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let comment = line.trim().strip_prefix("// ")?;
    Some(comment.strip_prefix(kind)?.trim())
}

fn unindented(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let shared = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or(0);
    let cut = |line: &&str| line.get(shared..).unwrap_or("").to_string() + "\n";
    lines.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_without_an_end_is_refused() {
        let told = part("// ANCHOR: a\nx\n", "a").unwrap_err().to_string();

        assert!(told.contains("has no `// ANCHOR_END: a`"), "{told}");
    }

    #[test]
    fn an_empty_part_is_refused() {
        let text = "// ANCHOR: a\n// ANCHOR_END: a\n";

        assert!(part(text, "a").is_err());
    }

    #[test]
    fn code_that_holds_a_fence_gets_a_longer_one() {
        assert!(fenced("//! ```\n", "a.rs").starts_with("````rust\n"));
    }
}
