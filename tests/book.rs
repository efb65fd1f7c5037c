//! The book as a whole: it builds without a word, everything that it names
//! is there, and everything that the lessons offer is in it.
//!
//! What a transcript says is held to its program by the lesson's own
//! `tests/transcripts.rs`; that the exercises' checks are right, by the
//! proof. These tests join the two to the pages.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};
use tempfile::TempDir;

/// The most that a page may carry, fonts apart; a page of sources, its
/// scripts and styles apart, too.
const HEAVIEST: u64 = 400_000;

/// The book, built once by the reader's own command.
static BOOK: LazyLock<Book> = LazyLock::new(Book::build);

struct Book {
    folder: TempDir,
    pages: BTreeMap<PathBuf, String>,
}

impl Book {
    fn build() -> Book {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .arg("--root")
            .arg(root())
            .args(["book", "build", "--dest"])
            .arg(folder.path())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        assert_eq!(told, "", "the book builds without a word");
        let mut pages = BTreeMap::new();
        for path in files(folder.path(), "html") {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(folder.path()).unwrap();
            pages.insert(name.to_path_buf(), text);
        }
        Book { folder, pages }
    }

    /// The pages that a reader turns to: all but the frames.
    fn chapters(&self) -> impl Iterator<Item = (&Path, Html)> {
        let others = ["toc.html", "404.html"];
        self.pages
            .iter()
            .filter(move |(name, _)| !others.contains(&name.to_str().unwrap()))
            .map(|(name, text)| (name.as_path(), Html::parse_document(text)))
    }

    fn page(&self, name: &str) -> Html {
        Html::parse_document(&self.pages[Path::new(name)])
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder with this extension, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn all<'a>(
    page: &'a Html,
    selector: &str,
) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).collect::<Vec<_>>().into_iter()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect()
}

/// A lesson: its folder, its package and its chapter's Markdown.
struct Lesson {
    folder: PathBuf,
    package: String,
    chapter: String,
}

/// Lessons are the crates in folders `NN-topic`; and the lab, whose chapter
/// stands in the appendix.
fn lessons() -> Vec<Lesson> {
    let mut lessons = Vec::new();
    for entry in fs::read_dir(root().join("lessons")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_string();
        let package = match name.split_once('-') {
            Some((_, topic)) => format!("lesson-{topic}"),
            None if folder.join("src/main.rs").exists() => name.clone(),
            None => continue,
        };
        let chapters = files(&root().join("book/src"), "md");
        let chapter = chapters
            .iter()
            .find(|path| path.file_stem().unwrap() == name.as_str())
            .unwrap_or_else(|| panic!("{name} has no chapter"));
        let chapter = fs::read_to_string(chapter).unwrap();
        lessons.push(Lesson { folder, package, chapter });
    }
    lessons.sort_by(|a, b| a.folder.cmp(&b.folder));
    assert!(!lessons.is_empty());
    lessons
}

impl Lesson {
    /// The names of its snapshots, without `.snap`.
    fn snapshots(&self) -> Vec<String> {
        files(&self.folder.join("tests/snapshots"), "snap")
            .iter()
            .map(|p| p.file_stem().unwrap().to_str().unwrap().to_string())
            .collect()
    }

    /// The arguments of the chapter's directives of one kind.
    fn directives(&self, kind: &str) -> Vec<Vec<&str>> {
        let open = format!("{{{{#{kind} ");
        self.chapter
            .lines()
            .filter_map(|line| line.trim().strip_prefix(&open))
            .filter_map(|rest| rest.strip_suffix("}}"))
            .map(|rest| rest.split_whitespace().collect())
            .collect()
    }

    /// The exercises in the manifest's order.
    fn exercises(&self) -> Vec<String> {
        let manifest =
            fs::read_to_string(self.folder.join("Cargo.toml")).unwrap();
        manifest
            .lines()
            .filter_map(|line| line.strip_prefix("path = \"exercises/"))
            .map(|rest| rest.split('/').next().unwrap().to_string())
            .collect()
    }
}

#[test]
fn every_snapshot_of_a_lesson_is_shown_in_its_chapter() {
    for lesson in lessons() {
        let shown: HashSet<_> = lesson
            .directives("transcript")
            .iter()
            .filter(|words| words[0] == lesson.package)
            .map(|words| words[1].to_string())
            .collect();
        let fed: HashSet<_> = lesson
            .directives("widget")
            .iter()
            .flat_map(|words| words[2..].to_vec())
            .map(|demo| format!("{demo}.json"))
            .collect();

        for name in lesson.snapshots() {
            assert!(
                shown.contains(&name) || fed.contains(&name),
                "no directive of {}'s chapter shows {name}.snap",
                lesson.package
            );
        }
    }
}

#[test]
fn a_transcript_on_a_page_is_its_snapshot_word_for_word() {
    let mut bodies = HashSet::new();
    for lesson in lessons() {
        for path in files(&lesson.folder.join("tests/snapshots"), "snap") {
            let text = fs::read_to_string(path).unwrap();
            let body = text.splitn(3, "---\n").nth(2).unwrap();
            bodies.insert(body.trim_end().to_string());
        }
    }
    let mut seen = 0;
    for (name, page) in BOOK.chapters() {
        for run in all(&page, ".sb-run") {
            let part = |selector: &str| {
                let selector = Selector::parse(selector).unwrap();
                text(run.select(&selector).next().unwrap())
            };
            let told =
                format!("$ {}\n{}", part("figcaption code"), part("pre code"));
            assert!(bodies.contains(told.trim_end()), "{name:?}: {told}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn every_exercise_has_a_card_in_its_chapter_and_in_order() {
    for lesson in lessons() {
        let cards: Vec<_> = lesson
            .directives("exercise")
            .iter()
            .map(|words| words[1].to_string())
            .collect();

        assert_eq!(cards, lesson.exercises(), "{}", lesson.package);
    }
}

fn named(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_string()
}

#[test]
fn every_link_leads_to_something() {
    let ids: BTreeMap<&Path, HashSet<String>> = BOOK
        .pages
        .iter()
        .map(|(name, page)| (name.as_path(), ids(&Html::parse_document(page))))
        .collect();
    let mut broken = BTreeSet::new();
    for (name, page) in &BOOK.pages {
        let page = Html::parse_document(page);
        for link in all(&page, "a[href]") {
            let href = link.attr("href").unwrap();
            if href.starts_with("http") || href.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = href.split_once('#').unwrap_or((href, ""));
            let target = match path {
                "" => name.clone(),
                path => plain(&name.parent().unwrap().join(path)),
            };
            let exists = BOOK.folder.path().join(&target).exists();
            let found = anchor.is_empty()
                || ids.get(&*target).is_some_and(|ids| ids.contains(anchor));
            if !exists || !found {
                broken.insert(format!("{}: {href}", name.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

fn ids(page: &Html) -> HashSet<String> {
    all(page, "[id]").map(|e| e.attr("id").unwrap().to_string()).collect()
}

/// A path without its `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part.as_os_str().to_str() {
            Some("..") => assert!(plain.pop(), "{path:?} leaves the book"),
            _ => plain.push(part),
        }
    }
    plain
}

#[test]
fn no_id_stands_twice_on_a_page() {
    for (name, page) in &BOOK.pages {
        let page = Html::parse_document(page);
        let mut seen = HashSet::new();
        for element in all(&page, "[id]") {
            let id = element.attr("id").unwrap();
            assert!(seen.insert(id), "{name:?}: id {id} stands twice");
        }
    }
}

#[test]
fn every_errno_in_a_transcript_is_in_the_error_museum() {
    let museum = BOOK.page("appendix/errors.html");
    let entries: HashSet<_> = all(&museum, "main dt, main h2, main h3")
        .flat_map(|entry| errnos(&text(entry)))
        .collect();
    let mut seen = 0;
    for lesson in lessons() {
        for path in files(&lesson.folder.join("tests/snapshots"), "snap") {
            for name in errnos(&fs::read_to_string(&path).unwrap()) {
                assert!(entries.contains(&name), "{path:?}: {name}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "a book on sockets meets errors");
}

/// The words that look like an errno: ECONNRESET, EAGAIN. One state of TCP
/// does, too, and so do the flags of epoll and a command of FTP.
fn errnos(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.len() >= 4 && word.starts_with('E'))
        .filter(|word| !["ESTABLISHED", "EPSV"].contains(word))
        .filter(|word| !word.starts_with("EPOLL"))
        .filter(|word| word.chars().all(|c| c.is_ascii_uppercase()))
        .map(str::to_string)
        .collect()
}

#[test]
fn no_page_is_heavy() {
    for (name, page) in BOOK.chapters() {
        let own = BOOK.pages[name].len() as u64;
        let folder = BOOK.folder.path().join(name.parent().unwrap());
        let loaded = all(&page, "script[src], link[rel=stylesheet]");
        let files: u64 = loaded
            .filter(|_| !name.starts_with("appendix/sources"))
            .map(|e| e.attr("src").or(e.attr("href")).unwrap().to_string())
            .filter(|file| !file.contains("fonts/"))
            .map(|file| fs::metadata(folder.join(&file)).unwrap().len())
            .sum();

        assert!(
            own + files <= HEAVIEST,
            "{name:?}: {own} bytes, and {files} in scripts and styles"
        );
    }
}

#[test]
fn every_quiz_has_one_right_option_and_explains_each() {
    let mut seen = 0;
    for (name, page) in BOOK.chapters() {
        for quiz in all(&page, "sb-quiz") {
            let options = Selector::parse("li:has(> .sb-option)").unwrap();
            let why = Selector::parse("details > p").unwrap();
            let options: Vec<_> = quiz.select(&options).collect();
            let right =
                options.iter().filter(|o| o.attr("data-right").is_some());

            assert!(options.len() >= 2, "{name:?}");
            assert_eq!(right.count(), 1, "{name:?}: {}", text(quiz));
            for option in options {
                let why: String = option.select(&why).map(text).collect();
                assert!(why.len() > 30, "{name:?}: {}", text(option));
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let loaders = "script[src], link[href], img[src], iframe[src], \
                   source[src], video[src], audio[src], object[data]";
    for (name, page) in &BOOK.pages {
        let page = Html::parse_document(page);
        for element in all(&page, loaders) {
            let attribute = ["src", "href", "data"];
            let url = attribute.iter().find_map(|a| element.attr(a)).unwrap();
            assert!(!url.contains("//"), "{name:?} loads {url}");
        }
        // With one of these, mdBook's script asks the playground.
        assert_eq!(all(&page, ".playground").count(), 0, "{name:?}");
    }
    for style in files(BOOK.folder.path(), "css") {
        let text = fs::read_to_string(&style).unwrap();
        assert!(!text.contains("url(http"), "{style:?}");
        assert!(!text.contains("@import"), "{style:?}");
    }
}

#[test]
fn the_search_finds_chapters_and_leaves_the_sources_out() {
    let index = files(BOOK.folder.path(), "js")
        .into_iter()
        .find(|path| named(path).starts_with("searchindex"))
        .unwrap();
    let index = fs::read_to_string(index).unwrap();

    assert!(index.contains("part-2-sockets/04-tcp.html"));
    assert!(index.contains("appendix/glossary.html"));
    assert!(!index.contains("appendix/sources/lesson-tcp.html"));
}

#[test]
fn every_lesson_has_its_sources_in_the_book() {
    for lesson in lessons() {
        let page =
            BOOK.page(&format!("appendix/sources/{}.html", lesson.package));
        let ids = ids(&page);
        for path in files(&lesson.folder.join("src"), "rs") {
            let file = path.strip_prefix(&lesson.folder).unwrap();
            let file = file.to_str().unwrap();
            let id = file.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            assert!(ids.contains(&id), "{}: {file}", lesson.package);
        }
    }
}
