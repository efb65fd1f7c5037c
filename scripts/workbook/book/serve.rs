//! The book on 127.0.0.1, with live reload.
//!
//! ```text
//! a file changes ──▶ build into a new folder ──▶ show that folder
//!                                            └─▶ tell every open page
//! ```
//!
//! Each build goes into a folder of its own, and readers get the newest one
//! that is whole. A build that fails leaves the old pages where they are.
//!
//! Start reading at [`run`].

use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::net::TcpListener;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use notify::RecursiveMode;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast;
use tower_http::services::ServeDir;

use super::{LIVE_RELOAD, Mode, Options};

/// How many ports are tried, the given one included.
const PORTS: u16 = 100;

/// How long files must be quiet before the book is built again.
const QUIET: Duration = Duration::from_millis(50);

/// Builds the book, serves it, and builds it again on every change, until
/// SIGINT (Ctrl-C) or SIGTERM.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let folder = tempfile::tempdir().context("no room for the pages")?;
    let mode = Mode { draft: options.draft, live: true };
    let press = Press { root: root.into(), folder: folder.path().into(), mode };
    let shown = Arc::new(Shown::new(press.print(0)?));
    let listener = bind(options.port)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let open = options.open;
    runtime.block_on(async move {
        let server = serve(listener, shown.clone(), open)?;
        let _watcher = press.print_on_change(shown)?;
        server.await
    })
}

/// Builds one edition of the book after another.
struct Press {
    root: PathBuf,
    folder: PathBuf,
    mode: Mode,
}

impl Press {
    /// Builds an edition into a folder of its own, and returns that.
    fn print(&self, edition: u64) -> Result<PathBuf> {
        let folder = self.folder.join(edition.to_string());
        let build = || super::build(&self.root, &folder, self.mode);
        // mdBook panics where it has lost its way; the next save may help.
        let built = panic::catch_unwind(AssertUnwindSafe(build))
            .unwrap_or_else(|_| Err(anyhow!("mdBook panicked")));
        if built.is_err() {
            // Half a book; what stays is removed when the server ends.
            let _ = fs::remove_dir_all(&folder);
        }
        built.map(|()| folder)
    }

    /// Builds again whenever something changes that the book is made of.
    /// The watching ends when the returned watcher is dropped.
    fn print_on_change(self, shown: Arc<Shown>) -> Result<impl Sized> {
        let (changed, changes) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(changed)?;
        // Progress is stored there; it may not have been made yet.
        let progress = self.root.join(".workbook");
        fs::create_dir_all(&progress)?;
        for folder in
            [self.root.join("book"), self.root.join("lessons"), progress]
        {
            watch(&mut watcher, &folder)?;
        }
        thread::spawn(move || {
            let mut edition = 0;
            while let Ok(event) = changes.recv() {
                if self.matters(&event) {
                    wait_for_quiet(&changes);
                    edition += 1;
                    self.reprint(edition, &shown);
                }
            }
        });
        Ok(watcher)
    }

    /// Whether an event changes the book. Reading a file is an event, too.
    fn matters(&self, event: &notify::Result<notify::Event>) -> bool {
        let Ok(event) = event else {
            return false;
        };
        !event.kind.is_access()
            && event.paths.iter().any(|path| self.is_made_of(path))
    }

    fn reprint(&self, edition: u64, shown: &Shown) {
        let start = Instant::now();
        match self.print(edition) {
            Ok(folder) => {
                let ms = start.elapsed().as_millis();
                say(format_args!("built again in {ms} ms"));
                shown.replace(folder);
            }
            Err(trouble) => {
                eprintln!("workbook: {trouble:#}");
                eprintln!("The old pages stay until this is mended.");
            }
        }
    }

    /// Whether the book is made of this file. A learner's own file is not:
    /// the cards show the stub's task.
    fn is_made_of(&self, path: &Path) -> bool {
        let Ok(path) = path.strip_prefix(&self.root) else {
            return false;
        };
        let kind = path.extension().and_then(|kind| kind.to_str());
        let known = ["md", "rs", "snap", "toml", "css", "js"];
        let exercise = path.components().any(|c| c.as_os_str() == "exercises");
        path == Path::new(".workbook/progress.json")
            || kind.is_some_and(|kind| known.contains(&kind))
                && (!exercise || path.ends_with("stub.rs"))
    }
}

/// An editor makes several changes for one save. Other programs may read the
/// files without end, so the waiting has one.
fn wait_for_quiet<T>(changes: &mpsc::Receiver<T>) {
    let end = Instant::now() + 10 * QUIET;
    while Instant::now() < end && changes.recv_timeout(QUIET).is_ok() {}
}

fn watch(watcher: &mut dyn notify::Watcher, folder: &Path) -> Result<()> {
    watcher.watch(folder, RecursiveMode::Recursive).with_context(|| {
        format!("can't watch {} for changes", folder.display())
    })
}

/// The edition that readers get, and the line to their open pages.
struct Shown {
    folders: Mutex<Vec<PathBuf>>,
    news: broadcast::Sender<()>,
}

impl Shown {
    fn new(folder: PathBuf) -> Shown {
        let (news, _) = broadcast::channel(1);
        Shown { folders: Mutex::new(vec![folder]), news }
    }

    /// Shows a newer edition and tells all open pages. The one before stays
    /// for pages that are half loaded; what is older goes.
    fn replace(&self, folder: PathBuf) {
        let mut folders =
            self.folders.lock().unwrap_or_else(|e| e.into_inner());
        folders.push(folder);
        while folders.len() > 2 {
            // A folder that stays costs room until the server ends, no more.
            let _ = fs::remove_dir_all(folders.remove(0));
        }
        // No page may be open.
        let _ = self.news.send(());
    }

    /// The folders to look in, the newest first.
    fn folders(&self) -> Vec<PathBuf> {
        let folders = self.folders.lock().unwrap_or_else(|e| e.into_inner());
        folders.iter().rev().cloned().collect()
    }
}

/// Listens on 127.0.0.1, at `port` or at the next one that is free.
fn bind(port: u16) -> Result<TcpListener> {
    let last = port.saturating_add(PORTS - 1);
    for candidate in port..=last {
        match TcpListener::bind(("127.0.0.1", candidate)) {
            Ok(listener) => return Ok(listener),
            Err(e) if e.kind() == ErrorKind::AddrInUse => {
                eprintln!("port {candidate} is taken, trying the next");
            }
            Err(e) => bail!("can't listen on 127.0.0.1:{candidate}: {e}"),
        }
    }
    bail!("ports {port} to {last} are taken; name another with --port")
}

/// Says where the book is, and serves it until a signal ends it. Returns
/// the serving as a future that has yet to be awaited.
fn serve(
    listener: TcpListener,
    shown: Arc<Shown>,
    open: bool,
) -> Result<impl Future<Output = Result<()>>> {
    let address = format!("http://{}", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let live = format!("/{LIVE_RELOAD}");
    let app = Router::new()
        .route(&live, get(live_reload))
        .fallback(get(file))
        .with_state(shown);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        say(format_args!("listening on {address}"));
        say("Open it in a browser. Pages reload when a file changes.");
        say("Ctrl-C ends it.");
        if open {
            open_browser(&address);
        }
        tokio::select! {
            served = axum::serve(listener, app) => Ok(served?),
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        }
    })
}

/// Prints a line. Serving goes on where nobody reads it.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Asks the desktop for a browser; what that has to say is its own affair.
fn open_browser(address: &str) {
    let mut command = Command::new("xdg-open");
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null());
    match command.stderr(Stdio::null()).spawn() {
        // Waited for, so that no zombie stays.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(e) => eprintln!("no browser (xdg-open: {e}); open one yourself"),
    }
}

/// A file of the newest edition, or of the one before.
async fn file(State(shown): State<Arc<Shown>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let folders = shown.folders();
    for folder in &folders {
        let request = Request::from_parts(parts.clone(), Body::empty());
        match ServeDir::new(folder).try_call(request).await {
            Ok(answer) if answer.status() == StatusCode::NOT_FOUND => {}
            Ok(answer) => return fresh(answer.into_response()),
            Err(e) if is_absent(&e) => {}
            Err(e) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return (status, e.to_string()).into_response();
            }
        }
    }
    let page = folders.first().map(|f| f.join("404.html"));
    let page = page.and_then(|page| fs::read_to_string(page).ok());
    let page = axum::response::Html(page.unwrap_or_default());
    fresh((StatusCode::NOT_FOUND, page).into_response())
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Keeps the browser from showing an older edition out of its cache.
fn fresh(mut answer: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, value);
    answer
}

/// Tells a page of newer editions, in the words that mdBook's script knows.
async fn live_reload(
    State(shown): State<Arc<Shown>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut news = shown.news.subscribe();
    upgrade.on_upgrade(move |mut socket: WebSocket| async move {
        loop {
            tokio::select! {
                heard = news.recv() => {
                    if let Err(broadcast::error::RecvError::Closed) = heard {
                        return;
                    }
                    let told = socket.send(Message::text("reload")).await;
                    if told.is_err() {
                        return;
                    }
                }
                // A page says nothing, until it is closed.
                said = socket.recv() => match said {
                    Some(Ok(_)) => {}
                    _ => return,
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press() -> Press {
        Press {
            root: "/books".into(),
            folder: "/nowhere".into(),
            mode: Mode::default(),
        }
    }

    #[test]
    fn the_book_is_made_of_pages_code_snapshots_and_progress() {
        for file in [
            "book/src/title.md",
            "book/theme/frame.css",
            "lessons/04-tcp/src/echo.rs",
            "lessons/04-tcp/tests/snapshots/echo.snap",
            "lessons/05-framing/exercises/varint/stub.rs",
            ".workbook/progress.json",
        ] {
            assert!(
                press().is_made_of(&Path::new("/books").join(file)),
                "{file}"
            );
        }
    }

    #[test]
    fn a_learners_own_file_and_others_do_not_build_it_again() {
        for file in [
            "lessons/05-framing/exercises/varint/exercise.rs",
            "lessons/05-framing/exercises/varint/solution.rs",
            "book/src/.title.md.swp",
            "lessons/04-tcp/tests/snapshots/echo.snap.new",
            ".workbook/backups/a.json",
        ] {
            assert!(
                !press().is_made_of(&Path::new("/books").join(file)),
                "{file}"
            );
        }
    }

    #[test]
    fn reading_a_file_is_no_change() {
        use notify::event::{AccessKind, CreateKind, EventKind};
        let event = |kind| {
            let path = PathBuf::from("/books/book/src/title.md");
            Ok(notify::Event::new(kind).add_path(path))
        };

        let read = EventKind::Access(AccessKind::Any);
        assert!(!press().matters(&event(read)));
        assert!(press().matters(&event(EventKind::Create(CreateKind::File))));
    }
}
