//! The book: built in this process, served on loopback.
//!
//! ```text
//! book/src/*.md ──▶ preprocessor ──▶ mdBook's renderer ──▶ HTML
//!                        ▲
//!   lessons: snapshots, sources, exercises' tasks, recorded data
//! ```
//!
//! The preprocessor replaces directives such as
//! `{{#transcript lesson-tcp echo}}`. One that names something missing
//! fails the build. Stock `mdbook build book` runs the same preprocessor as
//! a program of its own: book.toml names the command.
//!
//! Start reading at [`directives::expand`].

mod cards;
mod directives;
mod html;
mod ladder;
mod lean;
mod listing;
mod options;
mod refusal;
pub mod serve;
mod sources;
mod transcript;
mod warnings;
mod widgets;

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::course::Course;
use crate::progress::Progress;

pub use options::{Mode, Options};

/// The path on the server where pages learn of a newer book.
pub const LIVE_RELOAD: &str = "__livereload";

/// Builds the book of the workspace at `root` into `dest`.
///
/// Fails on a wrong directive, and on whatever mdBook only warns of.
pub fn build(root: &Path, dest: &Path, mode: Mode) -> Result<()> {
    let mut book = MDBook::load(root.join("book"))?;
    book.with_preprocessor(Workbook { draft: mode.draft });
    book.config.build.build_dir = std::path::absolute(dest)?;
    if mode.live {
        book.config.set("output.html.live-reload-endpoint", LIVE_RELOAD)?;
    }
    let (built, warnings) = warnings::caught(|| book.build());
    built?;
    match warnings.is_empty() {
        true => lean::book(dest, &widgets::names()),
        false => bail!("mdBook warns:\n  {}", warnings.join("\n  ")),
    }
}

/// Answers mdBook's call of this program as a preprocessor: the book comes
/// as JSON on stdin and goes out on stdout.
pub fn preprocess(arguments: &[String]) -> Result<()> {
    if let [question, renderer] = arguments {
        return match (question.as_str(), renderer.as_str()) {
            ("supports", "html") => Ok(()),
            _ => bail!("this book is made for the HTML renderer"),
        };
    }
    let (context, book) = mdbook_preprocessor::parse_input(io::stdin())
        .context("mdBook calls this with a book on stdin")?;
    let book = Workbook { draft: false }.run(&context, book)?;
    serde_json::to_writer(io::stdout(), &book)?;
    Ok(())
}

/// The preprocessor, known to book.toml as `preprocessor.workbook`.
struct Workbook {
    draft: bool,
}

impl Preprocessor for Workbook {
    fn name(&self) -> &str {
        "workbook"
    }

    fn run(
        &self,
        context: &PreprocessorContext,
        mut book: Book,
    ) -> Result<Book> {
        let root = context.root.parent().unwrap_or(&context.root);
        let shelf = Shelf::new(root)?;
        let mut wrong = Vec::new();
        book.for_each_chapter_mut(|chapter| {
            let page = Page::of(chapter);
            let text = std::mem::take(&mut chapter.content);
            chapter.content = page.expand(&shelf, &text, &mut wrong);
        });
        if !self.draft && !wrong.is_empty() {
            bail!("the book can't be built\n{}", wrong.join("\n"));
        }
        sources::add(&shelf, &mut book)?;
        Ok(book)
    }
}

/// Where directives find what they name.
pub struct Shelf {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The lessons and their exercises.
    pub course: Course,
    /// What the reader has solved.
    pub progress: Progress,
}

impl Shelf {
    fn new(root: &Path) -> Result<Shelf> {
        Ok(Shelf {
            root: root.to_path_buf(),
            course: Course::read(root)?,
            progress: Progress::read(root)?,
        })
    }

    /// The folder of a crate below lessons/: a lesson by any of its names, or
    /// a crate that several lessons stand on, as `lab`.
    pub fn crate_folder(&self, package: &str) -> Result<PathBuf> {
        let folder = self.root.join("lessons").join(package);
        match self.course.lesson(package) {
            Ok(lesson) => Ok(lesson.folder.clone()),
            Err(_) if folder.join("Cargo.toml").exists() => Ok(folder),
            Err(unknown) => Err(unknown.into()),
        }
    }

    /// A path as it is told to the reader: relative to the workspace.
    pub fn told(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// One page of the book.
pub struct Page {
    /// Its Markdown file, relative to book/src.
    pub path: PathBuf,
}

impl Page {
    fn of(chapter: &Chapter) -> Page {
        Page { path: chapter.path.clone().unwrap_or_default() }
    }

    fn expand(
        &self,
        shelf: &Shelf,
        text: &str,
        wrong: &mut Vec<String>,
    ) -> String {
        let text = directives::expand(shelf, self, text, wrong);
        sources::with_lesson_bar(shelf, self, text)
    }

    /// What leads from this page to the book's root: `../` for each folder.
    pub fn to_root(&self) -> String {
        let folders = self.path.components().count().saturating_sub(1);
        "../".repeat(folders)
    }
}

/// The book's chapters, drafts left out.
fn chapter_mut<'a>(book: &'a mut Book, path: &str) -> Option<&'a mut Chapter> {
    book.items.iter_mut().find_map(|item| match item {
        BookItem::Chapter(c) if c.path.as_deref() == Some(Path::new(path)) => {
            Some(c)
        }
        _ => None,
    })
}
