//! The book, as a reader's browser sees it.
//!
//! One Chromium opens one build of the book from `file://`, which proves
//! that the book needs no server and no network; and over HTTP from the
//! reader's own server of chapter 16. Each trial is one claim.
//!
//! ```text
//! scripts/test-tools              installs Chromium and axe
//! cargo test --test browser          all trials
//! cargo test --test browser axe      those whose name says "axe"
//! ```
//!
//! Where Chromium or axe is missing, or doesn't start, the trials count as
//! ignored; where `CI` is set they fail. Start reading at [`trials`].

mod axe;
mod chromium;
mod elements;
mod pages;
mod served;
mod widgets;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use chromium::{Browser, Page, Result};
use libtest_mimic::{Arguments, Trial};
use serde_json::json;

/// The widths at which pages are read: a laptop's, and a phone's.
const WIDTHS: [u32; 2] = [1280, 390];

/// What is claimed, and how it is seen to hold.
type Claim = (&'static str, fn(&Reader) -> Result);

/// All that a trial needs: the built book, and a browser.
struct Reader {
    scratch: PathBuf,
    axe: Option<String>,
    browser: Result<Browser>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("browser-{}", std::process::id()));
    let reader = Arc::new(Reader {
        axe: axe::source(),
        browser: start(&scratch),
        scratch,
    });
    let trials = match reader.build_the_book() {
        Ok(()) => trials(&reader),
        Err(why) => vec![Trial::test("the_book_builds", || Err(why.into()))],
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Ok(browser) = &reader.browser {
        browser.close();
    }
    let _ = std::fs::remove_dir_all(&reader.scratch);
    conclusion.exit_code()
}

/// The browser, or what is missing.
fn start(scratch: &Path) -> Result<Browser> {
    let program = chromium::find()
        .ok_or("Chromium is missing: run scripts/test-tools")?;
    Browser::start(&program, &scratch.join("profile"))
        .map_err(|why| format!("{} doesn't start: {why}", program.display()))
}

/// Every claim about every page.
fn trials(reader: &Arc<Reader>) -> Vec<Trial> {
    let mut all = Vec::new();
    for page in reader.pages() {
        let claim =
            |name: &str, needs_axe, check: fn(&Reader, &str) -> Result| {
                let (reader, page) = (Arc::clone(reader), page.clone());
                let name = format!("{page}::{name}");
                trial(name, needs_axe, reader, move |r| check(r, &page))
            };
        all.push(claim("loads_without_complaint", false, pages::loads));
        all.push(claim("axe_finds_no_violation", true, axe::finds_nothing));
    }
    all.push(trial(
        "axe_finds_no_violation_in_a_chapter_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_use,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_explorer_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_the_explorer,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_steppers_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_the_steppers,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_other_widgets_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_the_others,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_widgets_of_options_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_options,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_widgets_of_multiplexing_in_use"
            .to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_multiplexing,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_widgets_of_servers_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_servers,
    ));
    all.push(trial(
        "axe_finds_no_violation_in_the_widgets_of_protocols_in_use".to_owned(),
        true,
        Arc::clone(reader),
        axe::finds_nothing_in_protocols,
    ));
    let groups = [
        pages::TRIALS,
        elements::TRIALS,
        served::TRIALS,
        widgets::descriptor_tables::TRIALS,
        widgets::frame_explorer::TRIALS,
        widgets::ftp_connections::TRIALS,
        widgets::http_corpus::TRIALS,
        widgets::http_dissector::TRIALS,
        widgets::io_timelines::TRIALS,
        widgets::level_edge::TRIALS,
        widgets::lossy_wire::TRIALS,
        widgets::memory_grid::TRIALS,
        widgets::option_matrix::TRIALS,
        widgets::resolver_path::TRIALS,
        widgets::scaling_plot::TRIALS,
        widgets::servers::TRIALS,
        widgets::stream_versus_message::TRIALS,
        widgets::tcp_states::TRIALS,
        widgets::sequence_ladder::TRIALS,
        widgets::two_stacks::TRIALS,
        widgets::who_hears::TRIALS,
    ];
    for (name, check) in groups.iter().flat_map(|group| group.iter()) {
        all.push(trial((*name).to_owned(), false, Arc::clone(reader), check));
    }
    all
}

/// One trial: ignored, or in CI failed, where what it needs is missing.
fn trial(
    name: String,
    needs_axe: bool,
    reader: Arc<Reader>,
    check: impl Fn(&Reader) -> Result + Send + 'static,
) -> Trial {
    let missing = match (&reader.browser, &reader.axe) {
        (Err(missing), _) => Some(missing.clone()),
        (_, None) if needs_axe => {
            Some("axe-core is missing: run scripts/test-tools".to_owned())
        }
        _ => None,
    };
    let Some(missing) = missing else {
        return Trial::test(name, move || Ok(check(&reader)?));
    };
    let in_ci = std::env::var_os("CI").is_some();
    Trial::test(name, move || Err(missing.into())).with_ignored_flag(!in_ci)
}

impl Reader {
    fn build_the_book(&self) -> Result {
        let built = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["book", "build", "--dest"])
            .arg(self.book())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .map_err(|e| format!("workbook: {e}"))?;
        if !built.status.success() {
            return Err(String::from_utf8_lossy(&built.stderr).into_owned());
        }
        self.make_404_portable().map_err(|e| format!("404.html: {e}"))
    }

    /// The page for what isn't there takes its styles from the root of the
    /// server. Under file:// the root is the book's folder.
    fn make_404_portable(&self) -> std::io::Result<()> {
        let path = self.book().join("404.html");
        let page = std::fs::read_to_string(&path)?;
        let base = format!("<base href=\"file://{}/\">", self.book().display());
        std::fs::write(path, page.replace("<base href=\"/\">", &base))
    }

    fn book(&self) -> PathBuf {
        self.scratch.join("book")
    }

    /// Every page of the book, as a path relative to it.
    fn pages(&self) -> Vec<String> {
        let root = self.book();
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "html") {
                    let page = path.strip_prefix(&root).unwrap_or(&path);
                    found.push(page.display().to_string());
                }
            }
        }
        found.sort();
        found
    }

    /// The address of a page of the book.
    fn url(&self, page: &str) -> String {
        format!("file://{}/{page}", self.book().display())
    }

    /// The first page whose address contains `part`.
    fn page_about(&self, part: &str) -> Result<String> {
        self.pages()
            .into_iter()
            .find(|page| page.contains(part))
            .ok_or(format!("the book has no page named like {part}"))
    }

    /// A new window, as wide as a laptop's. Nothing moves in it, so that
    /// nothing is seen halfway.
    fn window(&self) -> Result<Page<'_>> {
        let page = self.browser.as_ref().map_err(String::clone)?.page()?;
        page.width(WIDTHS[0])?;
        let still = json!({ "features": [
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]});
        page.call("Emulation.setEmulatedMedia", still)?;
        Ok(page)
    }
}
