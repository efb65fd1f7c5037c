//! Chromium, driven over a pipe: the DevTools protocol without a crate.
//!
//! `--remote-debugging-pipe` makes Chromium read commands from descriptor 3
//! and write answers and events to descriptor 4, each a JSON object that
//! ends with a NUL byte. A command's answer has its `id`; an event has a
//! `method`. Both carry the `sessionId` of the page they belong to, so that
//! several pages share one pipe.
//!
//! ```text
//! Page ──command──▶ stdin → 3  ┌──────────┐
//! Page                         │ Chromium │
//! Page ◀──its mail── reader ◀─ └──────────┘ 4 → stdout
//! ```
//!
//! Commands and events: <https://chromedevtools.github.io/devtools-protocol/>.
//! Start reading at [`Browser::start`], then [`Page::open`].

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Why a trial failed, for whoever reads its output.
pub type Result<T = ()> = std::result::Result<T, String>;

/// The longest wait for an answer or event. A bound on a hang, not a pace:
/// a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(90);

/// Under these names a Chromium may lie in `PATH`.
const NAMES: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Says nothing to anybody, and needs no display.
const FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic \
    --disable-dev-shm-usage --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --disable-extensions \
    --hide-scrollbars --remote-debugging-pipe";

type Mailboxes = Arc<Mutex<HashMap<String, Sender<Value>>>>;

/// The Chromium of this machine, if it has one.
pub fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |f| f.join(name)))
        .find(|program| program.is_file())
}

/// A running Chromium, and the pipe to it.
pub struct Browser {
    process: Mutex<Child>,
    commands: Mutex<ChildStdin>,
    mailboxes: Mailboxes,
    own: Mutex<Receiver<Value>>,
    next: AtomicU64,
}

impl Browser {
    /// Starts Chromium with a new profile in the folder `profile`, and waits
    /// until it answers.
    pub fn start(program: &Path, profile: &Path) -> Result<Browser> {
        // The shell puts the pipes where Chromium wants them: doing it from
        // Rust would need unsafe code between fork and exec.
        let mut process = Command::new("sh")
            .arg("-c")
            .arg(format!(
                "exec \"$0\" {FLAGS} --user-data-dir=\"$1\" about:blank \
                 3<&0 4>&1 </dev/null >/dev/null 2>&1"
            ))
            .arg(program)
            .arg(profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("sh: {e}"))?;
        let commands = process.stdin.take().ok_or("no pipe to Chromium")?;
        let answers = process.stdout.take().ok_or("no pipe from Chromium")?;
        let (sender, own) = channel();
        let mailboxes: Mailboxes = Arc::default();
        lock(&mailboxes).insert(String::new(), sender);
        let shared = Arc::clone(&mailboxes);
        std::thread::spawn(move || distribute(answers, &shared));
        let browser = Browser {
            process: Mutex::new(process),
            commands: Mutex::new(commands),
            mailboxes,
            own: Mutex::new(own),
            next: AtomicU64::new(1),
        };
        browser.call("Browser.getVersion", json!({}))?;
        Ok(browser)
    }

    /// A page in a window and a browser context of its own: no page sees
    /// another's theme, history or focus.
    pub fn page(&self) -> Result<Page<'_>> {
        let context = self.call("Target.createBrowserContext", json!({}))?;
        let target = self.call(
            "Target.createTarget",
            json!({
                "url": "about:blank",
                "browserContextId": context["browserContextId"],
                "newWindow": true,
            }),
        )?;
        let id = &target["targetId"];
        let attached = self.call(
            "Target.attachToTarget",
            json!({ "targetId": id, "flatten": true }),
        )?;
        let session = text(&attached["sessionId"]);
        let (sender, mail) = channel();
        lock(&self.mailboxes).insert(session.clone(), sender);
        let page = Page {
            browser: self,
            session,
            context: text(&context["browserContextId"]),
            mail,
            events: RefCell::default(),
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), json!({}))?;
        }
        // Without it only one window at a time would have the focus.
        page.call(
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        )?;
        Ok(page)
    }

    /// Ends Chromium.
    pub fn close(&self) {
        let _ = self.send("", "Browser.close", &json!({}));
        let own = lock(&self.own);
        let mut process = lock(&self.process);
        loop {
            match own.recv_timeout(PATIENCE) {
                Ok(_) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => drop(process.kill()),
            }
        }
        let _ = process.wait();
    }

    fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        let own = lock(&self.own);
        let id = self.send("", method, &parameters)?;
        loop {
            let mail = next(&own, method)?;
            if mail["id"] == id {
                return answer(method, mail);
            }
        }
    }

    fn send(&self, session: &str, method: &str, with: &Value) -> Result<u64> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut command = json!({ "id": id, "method": method, "params": with });
        if !session.is_empty() {
            command["sessionId"] = session.into();
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        lock(&self.commands)
            .write_all(&bytes)
            .map_err(|e| format!("{method}: Chromium has gone: {e}"))?;
        Ok(id)
    }
}

/// Puts each answer and event into its page's mailbox, until Chromium ends.
fn distribute(answers: ChildStdout, mailboxes: &Mailboxes) {
    let mut answers = BufReader::new(answers);
    let mut bytes = Vec::new();
    while matches!(answers.read_until(0, &mut bytes), Ok(1..)) {
        bytes.pop();
        if let Ok(mail) = serde_json::from_slice::<Value>(&bytes) {
            let session = text(&mail["sessionId"]);
            if let Some(mailbox) = lock(mailboxes).get(&session) {
                let _ = mailbox.send(mail);
            }
        }
        bytes.clear();
    }
    lock(mailboxes).clear();
}

fn next(mailbox: &Receiver<Value>, what: &str) -> Result<Value> {
    mailbox
        .recv_timeout(PATIENCE)
        .map_err(|e| format!("{what}: no answer from Chromium: {e}"))
}

fn answer(method: &str, mut mail: Value) -> Result<Value> {
    match mail.get("error") {
        Some(error) => Err(format!("{method}: {error}")),
        None => Ok(mail["result"].take()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One page, as a reader has it open.
pub struct Page<'a> {
    browser: &'a Browser,
    session: String,
    context: String,
    mail: Receiver<Value>,
    events: RefCell<Vec<Value>>,
}

impl Page<'_> {
    /// Opens an address and waits until all of it has loaded.
    pub fn open(&self, url: &str) -> Result {
        self.events.borrow_mut().clear();
        let went = self.call("Page.navigate", json!({ "url": url }))?;
        if let Some(error) = went["errorText"].as_str() {
            return Err(format!("{url}: {error}"));
        }
        self.wait_for_event("Page.loadEventFired")
    }

    /// Waits for an event that has not been waited for since [`open`].
    ///
    /// [`open`]: Page::open
    pub fn wait_for_event(&self, method: &str) -> Result {
        let named = |event: &Value| event["method"] == method;
        loop {
            let seen = self.events.borrow().iter().position(named);
            if let Some(at) = seen {
                self.events.borrow_mut().remove(at);
                return Ok(());
            }
            let mail = next(&self.mail, method)?;
            self.keep(mail);
        }
    }

    /// Sends one command and returns its answer.
    pub fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        let id = self.browser.send(&self.session, method, &parameters)?;
        loop {
            let mail = next(&self.mail, method)?;
            if mail["id"] == id {
                return answer(method, mail);
            }
            self.keep(mail);
        }
    }

    fn keep(&self, mail: Value) {
        self.events.borrow_mut().push(mail);
    }

    /// What JavaScript makes of an expression; promises are awaited.
    pub fn evaluate(&self, expression: &str) -> Result<Value> {
        let mut answer = self.call(
            "Runtime.evaluate",
            json!({
                "expression": expression,
                "awaitPromise": true,
                "returnByValue": true,
            }),
        )?;
        match answer.get("exceptionDetails") {
            None => Ok(answer["result"]["value"].take()),
            Some(error) => Err(match &error["exception"]["description"] {
                Value::String(why) => why.clone(),
                _ => error.to_string(),
            }),
        }
    }

    /// Waits inside the page until a condition holds.
    pub fn wait_until(&self, condition: &str) -> Result {
        let source = json!(condition);
        let bound = PATIENCE.as_millis() / 2;
        self.evaluate(&format!(
            "new Promise((done, fail) => {{
               const end = performance.now() + {bound};
               const look = () => ({condition}) ? done()
                 : performance.now() > end
                 ? fail(new Error('never became true: ' + {source}))
                 : setTimeout(look, 15);
               look();
             }})"
        ))
        .map(drop)
    }

    /// Fails unless a condition holds now.
    pub fn expect(&self, condition: &str) -> Result {
        match self.evaluate(&format!("!!({condition})"))? {
            Value::Bool(true) => Ok(()),
            _ => Err(format!("doesn't hold: {condition}")),
        }
    }

    /// Makes the window this wide, in CSS pixels.
    pub fn width(&self, width: u32) -> Result {
        let size = json!({
            "width": width, "height": 900,
            "deviceScaleFactor": 1, "mobile": false,
        });
        self.call("Emulation.setDeviceMetricsOverride", size).map(drop)
    }

    /// Runs a script in each page that is opened from now on, before the
    /// page's own.
    pub fn before_each_page(&self, source: &str) -> Result {
        let script = json!({ "source": source });
        self.call("Page.addScriptToEvaluateOnNewDocument", script).map(drop)
    }

    /// Clicks the middle of the first element that a CSS selector finds.
    pub fn click(&self, selector: &str) -> Result {
        let at = self.evaluate(&format!(
            "(() => {{
               const e = document.querySelector({});
               e.scrollIntoView({{ block: 'center', behavior: 'instant' }});
               const r = e.getBoundingClientRect();
               return {{ x: r.x + r.width / 2, y: r.y + r.height / 2 }};
             }})()",
            json!(selector)
        ))?;
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": at["x"], "y": at["y"],
                "button": "left", "clickCount": 1,
            });
            self.call("Input.dispatchMouseEvent", event)?;
        }
        Ok(())
    }

    /// Presses and releases a key, by its DOM name: `ArrowLeft`, `Tab`, `s`.
    pub fn key(&self, key: &str) -> Result {
        let (code, text) = match key {
            "Backspace" => (8, ""),
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            " " => (32, " "),
            "End" => (35, ""),
            "Home" => (36, ""),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            "Delete" => (46, ""),
            _ => (0, key),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind, "key": key, "windowsVirtualKeyCode": code,
            });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", event)?;
        }
        Ok(())
    }

    /// What went wrong in the page since [`open`](Page::open): errors on the
    /// console, exceptions, failed requests, and requests that would leave
    /// this machine.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints_at("file:")
    }

    /// The same in a page that a server has given: what begins with `origin`
    /// may be asked for.
    pub fn complaints_at(&self, origin: &str) -> Vec<String> {
        let events = self.events.borrow();
        events.iter().filter_map(|event| complaint(event, origin)).collect()
    }

    /// What a server has answered since [`open`](Page::open): the status, and
    /// the address that was asked for.
    pub fn answers(&self) -> Vec<(u64, String)> {
        let events = self.events.borrow();
        let of = |name: &'static str| {
            events.iter().filter(move |event| event["method"] == name)
        };
        let address = |request: &Value| {
            of("Network.requestWillBeSent")
                .find(|event| event["params"]["requestId"] == *request)
                .map(|event| text(&event["params"]["request"]["url"]))
        };
        of("Network.responseReceivedExtraInfo")
            .map(|event| &event["params"])
            .filter_map(|answer| {
                let status = answer["statusCode"].as_u64()?;
                Some((status, address(&answer["requestId"])?))
            })
            .collect()
    }

    /// Loads the page again, as a reader does who presses F5.
    pub fn reload(&self) -> Result {
        self.events.borrow_mut().clear();
        self.call("Page.reload", json!({}))?;
        self.wait_for_event("Page.loadEventFired")
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        lock(&self.browser.mailboxes).remove(&self.session);
        let context = json!({ "browserContextId": self.context });
        let _ = self.browser.call("Target.disposeBrowserContext", context);
    }
}

fn complaint(event: &Value, origin: &str) -> Option<String> {
    let about = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => {
            Some(about["exceptionDetails"].to_string())
        }
        "Runtime.consoleAPICalled"
            if matches!(about["type"].as_str(), Some("error" | "warning")) =>
        {
            Some(about["args"].to_string())
        }
        "Log.entryAdded" if about["entry"]["level"] == "error" => {
            Some(about["entry"].to_string())
        }
        "Network.loadingFailed" => Some(about.to_string()),
        "Network.requestWillBeSent" => {
            let url = about["request"]["url"].as_str()?;
            let local = [origin, "data:", "blob:"];
            (!local.iter().any(|scheme| url.starts_with(scheme)))
                .then(|| format!("a request to {url}"))
        }
        _ => None,
    }
}
