//! The book, served by chapter 16: `lesson-http serve` gives it to Chromium
//! over HTTP, as any server of files would.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::chromium::{Page, Result};
use super::pages::search_for_netstrings;
use super::{Claim, Reader};

/// Claims about the server, as a browser sees it.
pub const TRIALS: &[Claim] = &[
    ("served::every_page_loads_without_complaint", every_page),
    ("served::styles_and_scripts_are_what_they_say", styles),
    ("served::search_finds_a_word_and_leads_to_its_page", search),
    ("served::a_deep_link_leads_to_its_heading", deep_link),
    ("served::a_reload_is_answered_by_304", reload),
    ("served::what_is_not_there_is_answered_by_404", not_there),
];

/// The longest wait for the server: a bound on a hang, not a pace.
const PATIENCE: Duration = Duration::from_secs(300);

/// The server of chapter 16, and where it listens.
struct Server {
    process: Child,
    origin: String,
}

impl Server {
    /// Serves the book at a port that the kernel chooses. `cargo run` becomes
    /// the program that it has built: to end the one is to end the other.
    fn start(reader: &Reader) -> Result<Server> {
        let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
        let process = Command::new(cargo)
            .args(["run", "--quiet", "--locked", "-p", "lesson-http"])
            .args(["--", "serve"])
            .arg(reader.book())
            .arg("127.0.0.1:0")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("cargo run -p lesson-http: {e}"))?;
        let mut server = Server { process, origin: String::new() };
        let line = server.first_line()?;
        let address = line
            .trim_end()
            .strip_prefix("listening on ")
            .ok_or(format!("lesson-http serve began by {line:?}"))?;
        server.origin = format!("http://{address}/");
        Ok(server)
    }

    /// What the server says first. Before it, cargo may have to build it.
    fn first_line(&mut self) -> Result<String> {
        let stdout = self.process.stdout.take().ok_or("no stdout")?;
        let (said, hears) = channel();
        std::thread::spawn(move || {
            let (mut stdout, mut line) =
                (BufReader::new(stdout), String::new());
            let read = stdout.read_line(&mut line);
            let _ = said.send(read.map(|_| line));
            // What it says later has a reader, too.
            std::io::copy(&mut stdout, &mut std::io::sink())
        });
        match hears.recv_timeout(PATIENCE) {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => Err(format!("lesson-http serve: {error}")),
            Err(_) => Err("lesson-http serve says nothing".to_owned()),
        }
    }

    /// A window that shows this page, which had nothing to complain about.
    fn open<'a>(&self, reader: &'a Reader, page: &str) -> Result<Page<'a>> {
        let window = reader.window()?;
        window.open(&format!("{}{page}", self.origin))?;
        self.expect_no_complaint(&window)?;
        Ok(window)
    }

    fn expect_no_complaint(&self, window: &Page<'_>) -> Result {
        match window.complaints_at(&self.origin) {
            complaints if complaints.is_empty() => Ok(()),
            complaints => Err(complaints.join("\n")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn every_page(reader: &Reader) -> Result {
    let server = Server::start(reader)?;
    let window = reader.window()?;
    // The build of the book that is read from files has styles of its own in
    // this page.
    for page in reader.pages().iter().filter(|page| *page != "404.html") {
        window.open(&format!("{}{page}", server.origin))?;
        server
            .expect_no_complaint(&window)
            .map_err(|e| format!("{page}: {e}"))?;
        window.expect("document.querySelector('h1')?.textContent")?;
    }
    Ok(())
}

/// A browser takes no style sheet and no script whose Content-Type it doesn't
/// believe.
fn styles(reader: &Reader) -> Result {
    let server = Server::start(reader)?;
    let window = server.open(reader, &reader.page_about("04-tcp")?)?;

    window.expect(
        "[...document.styleSheets].length > 5
           && [...document.styleSheets].every(s => s.cssRules.length)",
    )?;
    window.expect("document.fonts.check('16px \"Open Sans\"')")?;
    window.expect(
        "document.querySelector('sb-tcp-states:defined > div:not(.sb-static)')
           .offsetHeight",
    )
}

fn search(reader: &Reader) -> Result {
    let server = Server::start(reader)?;
    let window = server.open(reader, "")?;

    search_for_netstrings(&window)?;
    server.expect_no_complaint(&window)
}

fn deep_link(reader: &Reader) -> Result {
    let server = Server::start(reader)?;
    let page = reader.page_about("05-framing")?;
    let window = server.open(reader, &format!("{page}#exercises"))?;

    window.wait_until(
        "(box => box.top >= 0 && box.top < innerHeight)
           (document.querySelector('#exercises').getBoundingClientRect())",
    )
}

/// The page is asked for again with what was said about it the first time, and
/// isn't sent again. Nor is what belongs to it: what Chromium still takes for
/// fresh it doesn't even ask for (RFC 9111, section 4.2.2).
fn reload(reader: &Reader) -> Result {
    let server = Server::start(reader)?;
    let page = reader.page_about("04-tcp")?;
    let window = server.open(reader, &page)?;
    let address = format!("{}{page}", server.origin);
    all_are(200, &window, &address)?;

    window.reload()?;

    all_are(304, &window, &address)?;
    server.expect_no_complaint(&window)?;
    window.expect("document.querySelector('h1').textContent")
}

/// The page, and what came with it, was answered by this status. Chromium's
/// interest in the icon is its own.
fn all_are(status: u64, window: &Page<'_>, page: &str) -> Result {
    let mut answers = window.answers();
    answers.retain(|(_, address)| !address.contains("favicon"));
    let same = answers.iter().all(|answer| answer.0 == status);
    match answers.iter().any(|(_, address)| address == page) && same {
        true => Ok(()),
        false => Err(format!("not all by {status}: {answers:?}")),
    }
}

fn not_there(reader: &Reader) -> Result {
    let server = Server::start(reader)?;
    let window = reader.window()?;

    window.open(&format!("{}not-there.html", server.origin))?;

    match &window.answers()[..] {
        [(404, _), ..] => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
