//! `cargo run`: the book on 127.0.0.1, as its reader meets it.
//!
//! Each test serves a copy of what the book is made of, so that it may edit
//! them.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// How long anything may take; far more than it takes.
const LIMIT: Duration = Duration::from_secs(120);

/// A running server, and the copy that it serves.
struct Server {
    folder: TempDir,
    child: Child,
    address: String,
    told: mpsc::Receiver<String>,
}

impl Server {
    /// Serves a copy of the book from `port` on.
    fn start(port: u16) -> Server {
        let folder = tempfile::tempdir().unwrap();
        for part in ["book", "lessons", "tests/support"] {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
            copy(&source, &folder.path().join(part));
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .arg("--root")
            .arg(folder.path())
            .args(["--port", &port.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (say, told) = mpsc::channel();
        lines(child.stdout.take().unwrap(), say.clone());
        lines(child.stderr.take().unwrap(), say);
        let mut server = Server { folder, child, address: "".into(), told };
        let line = server.hears("listening on http://");
        let (_, address) = line.split_once("http://").unwrap();
        server.address = address.to_string();
        server
    }

    /// Waits for a line with this text, on stdout or stderr.
    fn hears(&self, text: &str) -> String {
        let mut before = Vec::new();
        loop {
            match self.told.recv_timeout(LIMIT) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => before.push(line),
                Err(_) => panic!("no line with {text:?}, only {before:#?}"),
            }
        }
    }

    /// Asks for a page and returns the whole answer.
    fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// Opens the WebSocket that a page listens to (RFC 6455, section 4.1).
    fn listen_for_news(&self) -> TcpStream {
        let mut stream = self.connect();
        let request = format!(
            "GET /__livereload HTTP/1.1\r\nHost: {}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: c29ja2V0cywgYnl0ZXMhIQ==\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        stream
    }

    /// Appends to a file of the copy.
    fn edit(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        let old = fs::read_to_string(&path).unwrap();
        fs::write(path, old + text).unwrap();
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-s", name, &id]).status();
        assert!(kill.unwrap().success());
    }

    fn end(&mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static, to: mpsc::Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

/// The text of one short, whole message (RFC 6455, section 5.2).
fn message(stream: &mut TcpStream) -> String {
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[0], 0x81, "a text in one frame");
    let mut text = vec![0; usize::from(head[1])];
    stream.read_exact(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn it_serves_the_book_on_loopback_and_says_where() {
    let server = Server::start(0);

    assert!(server.address.starts_with("127.0.0.1:"), "{}", server.address);
    server.hears("Ctrl-C ends it");
    let page = server.get("/");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("Sockets, Byte by Byte"));
    assert!(page.contains("__livereload"), "the page asks for news");
    let missing = server.get("/nothing.html");
    assert!(missing.starts_with("HTTP/1.1 404 "), "{missing}");
    assert!(missing.contains("not found"), "{missing}");
}

#[test]
fn nothing_outside_the_book_is_served() {
    let server = Server::start(0);

    for path in ["/../../Cargo.toml", "/%2e%2e/%2e%2e/etc/passwd", "//etc"] {
        let answer = server.get(path);
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
}

#[test]
fn a_taken_port_gets_a_message_and_the_next_free_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
    let mut child = command
        .args(["--root", env!("CARGO_MANIFEST_DIR")])
        .args(["--port", &port.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut told = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut told).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(told, format!("port {port} is taken, trying the next\n"));
    let other = first.trim().rsplit(':').next().unwrap();
    assert!(other.parse::<u16>().unwrap() > port, "{first}");
}

#[test]
fn an_edit_reaches_the_open_page() {
    let server = Server::start(0);
    let mut page = server.listen_for_news();

    server.edit("book/src/title.md", "\nA new paragraph.\n");

    assert_eq!(message(&mut page), "reload");
    assert!(server.get("/title.html").contains("A new paragraph."));
}

#[test]
fn a_broken_chapter_leaves_the_old_pages_until_it_is_mended() {
    let server = Server::start(0);
    let file = server.folder.path().join("book/src/title.md");
    let old = fs::read_to_string(&file).unwrap();
    let mut page = server.listen_for_news();

    server.edit("book/src/title.md", "\n{{#transcript lesson-tcp nope}}\n");

    let told = server.hears("nope.snap");
    assert!(told.contains("book/src/title.md:"), "{told}");
    server.hears("The old pages stay");
    assert!(server.get("/title.html").starts_with("HTTP/1.1 200 OK"));

    fs::write(file, old + "\nMended.\n").unwrap();

    assert_eq!(message(&mut page), "reload");
    assert!(server.get("/title.html").contains("Mended."));
}

#[test]
fn ctrl_c_ends_it_in_peace_while_pages_are_open() {
    let mut server = Server::start(0);
    let _page = server.listen_for_news();

    let status = server.end("INT");

    assert!(status.success(), "{status}");
}
