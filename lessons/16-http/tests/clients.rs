//! curl against `serve`: what people ask a server for.
//!
//! Counted as ignored where curl isn't installed; failed there where `CI` is
//! set.

use std::fs;
use std::process::{Command, ExitCode, Output, Stdio};

use lesson_unix_sockets::Folder as Scratch;
use support::tool::{Server, told};
use support::trials::Trials;

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-http");

type Claim = (&'static str, fn());

const CURL: [Claim; 8] = [
    ("curl_fetches_small_and_big_files", curl_fetches),
    ("curl_gets_the_same_head_by_head", curl_asks_for_heads),
    ("curl_goes_on_with_a_download", curl_goes_on),
    ("curl_saves_what_it_has_already", curl_saves),
    ("curl_sends_a_file_when_it_may", curl_sends),
    ("curl_is_told_what_is_refused", curl_is_refused),
    ("curl_speaks_1_0_and_reads_a_list", curl_reads_a_list),
    ("curl_keeps_one_connection", curl_keeps_one_connection),
];

fn main() -> ExitCode {
    let mut trials = Trials::new(support::lesson!());
    for (name, check) in CURL {
        trials = trials.claim(name, missing, move |_| check());
    }
    trials.run()
}

fn missing() -> Option<String> {
    let there = Command::new("curl").arg("--version").output().is_ok();
    (!there).then(|| "curl is missing: run scripts/test-tools".to_string())
}

/// A folder and its server.
struct Site {
    server: Server,
    scratch: Scratch,
}

impl Site {
    fn start(more: &[&str]) -> Self {
        let scratch = Scratch::new().unwrap();
        let public = scratch.path("public");
        fs::create_dir_all(public.join("sub")).unwrap();
        fs::write(public.join("index.html"), "<p>home").unwrap();
        fs::write(public.join("small.txt"), "0123456789").unwrap();
        fs::write(public.join("big.bin"), big()).unwrap();
        fs::write(public.join("sub/a b<ü.txt"), "found").unwrap();
        fs::write(scratch.path("secret.txt"), "secret").unwrap();
        let mut command = Command::new(LESSON);
        command.arg("serve").arg(&public).arg("127.0.0.1:0").args(more);
        command.stderr(Stdio::null());
        Site { server: Server::listening(&mut command), scratch }
    }

    /// curl's output for a path. `-f` isn't set: a 404 is an answer, too.
    fn curl(&self, path: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("curl");
        command.args(["-sS", "--disable", "--max-time", "60"]);
        command.env_clear().args(arguments).current_dir(self.scratch.here());
        command.arg(format!("http://{}{path}", self.server.address));
        command.output().expect("curl runs")
    }

    fn fetched(&self, path: &str, arguments: &[&str]) -> Vec<u8> {
        let output = self.curl(path, arguments);
        assert!(output.status.success(), "{}", told(&output));
        output.stdout
    }

    fn text(&self, path: &str, arguments: &[&str]) -> String {
        String::from_utf8(self.fetched(path, arguments)).unwrap()
    }

    fn status(&self, path: &str, arguments: &[&str]) -> String {
        let arguments =
            [arguments, &["-o", "/dev/null", "-w", "%{http_code}"]].concat();
        self.text(path, &arguments)
    }
}

fn big() -> Vec<u8> {
    (0..3_000_000u32).map(|it| (it % 251) as u8).collect()
}

fn curl_fetches() {
    let site = Site::start(&[]);
    assert_eq!(site.text("/small.txt", &[]), "0123456789");
    assert!(site.fetched("/big.bin", &[]) == big());
    assert_eq!(site.text("/", &[]), "<p>home");
    assert_eq!(site.text("/?page=2", &[]), "<p>home");
    assert_eq!(site.text("/sub/a%20b%3C%C3%BC.txt", &[]), "found");
    assert_eq!(site.text("/sub/../small.txt", &[]), "0123456789");
}

fn curl_asks_for_heads() {
    let site = Site::start(&[]);
    for path in ["/small.txt", "/big.bin", "/", "/sub", "/sub/", "/none"] {
        let lines = |arguments: &[&str]| {
            let head = site.text(path, arguments);
            let lines = head.lines().filter(|it| !it.starts_with("Date"));
            lines.map(str::to_string).collect::<Vec<_>>()
        };
        let get = lines(&["-D", "-", "-o", "/dev/null"]);
        assert_eq!(lines(&["-I"]), get, "{path}");
    }
}

fn curl_goes_on() {
    let site = Site::start(&[]);
    assert_eq!(site.text("/small.txt", &["-r", "2-4"]), "234");
    assert_eq!(site.text("/small.txt", &["-r", "-3"]), "789");
    assert_eq!(site.status("/small.txt", &["-r", "2-4"]), "206");
    assert_eq!(site.status("/small.txt", &["-r", "10-"]), "416");
    // Two ranges are answered by the whole.
    assert_eq!(site.text("/small.txt", &["-r", "0-1,4-5"]), "0123456789");
    fs::write(site.scratch.path("part"), &big()[..1_234_567]).unwrap();
    site.fetched("/big.bin", &["-C", "-", "-o", "part"]);
    assert!(fs::read(site.scratch.path("part")).unwrap() == big());
}

fn curl_saves() {
    let site = Site::start(&[]);
    let etag = ["--etag-save", "tag", "-o", "copy"];
    site.fetched("/small.txt", &etag);
    let again = ["--etag-compare", "tag"];
    assert_eq!(site.status("/small.txt", &again), "304");
    let time = ["-z", "copy"];
    assert_eq!(site.status("/small.txt", &time), "304");
    let past = ["-z", "Sun, 06 Nov 1994 08:49:37 GMT"];
    assert_eq!(site.status("/small.txt", &past), "200");

    fs::write(site.scratch.path("public/small.txt"), "other").unwrap();

    assert_eq!(site.status("/small.txt", &again), "200");
    let match_old = fs::read_to_string(site.scratch.path("tag")).unwrap();
    let condition = format!("If-Match: {}", match_old.trim());
    assert_eq!(site.status("/small.txt", &["-H", &condition]), "412");
}

fn curl_sends() {
    let site = Site::start(&["--write"]);
    fs::write(site.scratch.path("mine"), big()).unwrap();
    // Over a megabyte curl asks first: Expect: 100-continue.
    let output = site.curl("/new", &["-v", "-T", "mine"]);
    let talk = told(&output);
    assert!(talk.contains("< HTTP/1.1 100 Continue"), "{talk}");
    assert!(talk.contains("< HTTP/1.1 201 Created"), "{talk}");
    assert!(fs::read(site.scratch.path("public/new")).unwrap() == big());
    assert_eq!(site.status("/new", &["-T", "mine"]), "204");

    // In chunks, from a pipe of unknown length.
    let chunked = ["-T", "mine", "-H", "Transfer-Encoding: chunked"];
    assert_eq!(site.status("/chunked", &chunked), "201");
    assert!(fs::read(site.scratch.path("public/chunked")).unwrap() == big());

    let create = ["-T", "mine", "-H", "If-None-Match: *"];
    assert_eq!(site.status("/new", &create), "412");
    assert_eq!(site.status("/new", &["-X", "DELETE"]), "204");
    assert_eq!(site.status("/new", &["-X", "DELETE"]), "404");
    assert_eq!(site.status("/sub", &["-X", "DELETE"]), "409");
}

fn curl_is_refused() {
    let site = Site::start(&["--body", "1000"]);
    assert_eq!(site.status("/none", &[]), "404");
    assert_eq!(site.status("/small.txt", &["-d", "a=1"]), "405");
    assert_eq!(site.status("/small.txt", &["-X", "DELETE"]), "405");
    assert_eq!(site.status("/small.txt", &["-X", "BREW"]), "501");
    fs::write(site.scratch.path("mine"), big()).unwrap();
    assert_eq!(site.status("/new", &["-T", "mine"]), "413");
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "/sub%2fa%20b%3C%C3%BC.txt",
        "//etc/passwd",
        "/%00",
    ] {
        assert_eq!(site.status(path, &["--path-as-is"]), "400", "{path}");
    }
    for path in ["/%252e%252e/secret.txt", "/..%5csecret.txt", "/.hidden"] {
        assert_eq!(site.status(path, &["--path-as-is"]), "404", "{path}");
    }
}

fn curl_reads_a_list() {
    let site = Site::start(&[]);
    let due = "<a href=\"./a%20b%3C%C3%BC.txt\">a b&lt;ü.txt</a>";
    for version in ["--http1.0", "--http1.1"] {
        let list = site.text("/sub/", &[version]);
        assert!(list.contains(due), "{list}");
        assert_eq!(site.text("/small.txt", &[version]), "0123456789");
    }
    assert_eq!(site.status("/sub", &[]), "301");
    assert!(site.text("/sub?a", &["-L"]).contains(due));
}

fn curl_keeps_one_connection() {
    let site = Site::start(&["--write"]);
    let url = |path: &str| format!("http://{}{path}", site.server.address);
    let urls = ["/small.txt", "/none", "/sub/", "/big.bin", "/sub"].map(url);
    let mut arguments = vec!["-o", "/dev/null", "-w", "%{num_connects}"];
    for url in &urls {
        arguments.extend(["-o", "/dev/null", url]);
    }
    assert_eq!(site.text("/", &arguments), "100000");
}
