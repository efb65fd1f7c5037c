//! The lessons' sources as pages of the book, so that every link to code
//! works offline; and the bar at a chapter's top that leads to them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mdbook_preprocessor::book::{Book, BookItem, Chapter};

use super::{Page, Shelf, chapter_mut, html, listing};

/// The page under which the generated ones stand.
const PARENT: &str = "appendix/sources.md";

/// Where a file of a lesson stands in the book, seen from `page`.
pub fn href(page: &Page, package: &str, file: &str) -> String {
    format!("{}appendix/sources/{package}.html#{}", page.to_root(), id(file))
}

fn id(file: &str) -> String {
    file.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// Adds a page for each crate below lessons/.
pub fn add(shelf: &Shelf, book: &mut Book) -> Result<()> {
    let Some(parent) = chapter_mut(book, PARENT) else {
        return Ok(());
    };
    for (nth, folder) in (1..).zip(crates(shelf)?) {
        let mut page = page(shelf, &folder, parent)?;
        // Never shown, but it indents the page in the table of contents.
        page.number = parent
            .number
            .as_ref()
            .map(|parent| parent.iter().copied().chain([nth]).collect());
        parent.sub_items.push(BookItem::Chapter(page));
    }
    Ok(())
}

/// The folders below lessons/ that hold a crate, in the order of chapters.
fn crates(shelf: &Shelf) -> Result<Vec<PathBuf>> {
    let lessons = shelf.root.join("lessons");
    let mut folders = Vec::new();
    for entry in fs::read_dir(&lessons)? {
        let folder = entry?.path();
        if folder.join("Cargo.toml").exists() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

fn page(shelf: &Shelf, folder: &Path, parent: &Chapter) -> Result<Chapter> {
    let name = package(shelf, folder);
    let mut contents = String::new();
    let mut sections = String::new();
    for file in files(folder)? {
        let path = folder.join(&file);
        let code = fs::read_to_string(&path)
            .with_context(|| format!("can't read {}", shelf.told(&path)))?;
        let id = id(&file);
        contents += &format!("- [`{file}`](#{id}){}\n", about(&code));
        let code = listing::without_anchors(&code);
        let code = listing::fenced(&code, &file);
        sections += &format!("\n## {file} {{#{id}}}\n\n{code}\n");
    }
    let told = shelf.told(folder);
    let text = format!("# {name}\n\n`{told}`\n\n{contents}{sections}");
    let path = format!("appendix/sources/{name}.md");
    let parents = vec![parent.name.clone()];
    Ok(Chapter::new(&name, text, path, parents))
}

/// What a file says of itself in its first sentence.
fn about(code: &str) -> String {
    let docs = code.lines().map_while(|line| line.strip_prefix("//! "));
    let text = docs.collect::<Vec<_>>().join(" ");
    let end = text.find(". ").unwrap_or(text.len());
    match text[..end].trim_end_matches([':', '.']) {
        "" => String::new(),
        sentence => format!(": {sentence}"),
    }
}

/// The files of a crate that a reader may want to see: its manifest, and
/// its sources with the places to start reading first, and the files that a
/// host of the lab has in its /etc.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for below in ["src", "etc", "tests", "promises"] {
        walk(folder, Path::new(below), &mut files)?;
    }
    let rank = |file: &String| match file.as_str() {
        "src/main.rs" => 0,
        "src/lib.rs" => 1,
        file if file.starts_with("src/") => 2,
        _ => 3,
    };
    files.sort_by_cached_key(|file| (rank(file), file.clone()));
    files.push("Cargo.toml".to_string());
    Ok(files)
}

fn walk(folder: &Path, below: &Path, files: &mut Vec<String>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder.join(below)) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            walk(folder, &name, files)?;
        } else if name.starts_with("etc")
            || name.extension().is_some_and(|e| e == "rs")
        {
            files.push(name.display().to_string());
        }
    }
    Ok(())
}

/// Puts a bar below the title of a chapter that stands on a crate of the
/// same name: how to run it, and where its source is. Other pages stay as
/// they are.
pub fn with_lesson_bar(shelf: &Shelf, page: &Page, text: String) -> String {
    let stem = page.path.file_stem().unwrap_or_default();
    let folder = shelf.root.join("lessons").join(stem);
    let title =
        text.find("# ").and_then(|at| Some(at + text[at..].find('\n')?));
    let Some(end) = title.filter(|_| folder.join("src/main.rs").exists())
    else {
        return text;
    };
    let (title, rest) = text.split_at(end);
    let package = package(shelf, &folder);
    let run = html::command(&format!("cargo run -p {package}"));
    let source = href(page, &package, "src/main.rs");
    let lesson = shelf.course.lessons.iter().find(|l| l.folder == folder);
    let exercises = match lesson.map_or(0, |lesson| lesson.exercises.len()) {
        0 => String::new(),
        n => format!("<a href=\"#exercises\">{n} exercises</a>"),
    };
    format!(
        "{title}\n\n<div class=\"sb-lesson\">{run}\
         <a href=\"{source}\">Source</a>{exercises}</div>\n{rest}"
    )
}

/// The name of the crate in a folder below lessons/: the lesson's package,
/// or the folder's own name.
fn package(shelf: &Shelf, folder: &Path) -> String {
    match shelf.course.lessons.iter().find(|l| l.folder == folder) {
        Some(lesson) => lesson.package.clone(),
        None => folder.file_name().unwrap_or_default().display().to_string(),
    }
}
