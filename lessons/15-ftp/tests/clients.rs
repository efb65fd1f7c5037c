//! The clients that people use, against `serve --rfc959`: curl lists,
//! fetches, sends and goes on; lftp mirrors a folder, both ways.
//!
//! Counted as ignored where they aren't installed; failed there where `CI`
//! is set.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lesson_unix_sockets::Folder as Scratch;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::tool::{Server, told};
use support::trials::Trials;

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-ftp");

fn main() -> ExitCode {
    let mut trials = Trials::new(support::lesson!());
    for (name, check) in CURL {
        trials = trials.claim(name, curl_missing, move |_| check());
    }
    for (name, check) in LFTP {
        trials = trials.claim(name, lftp_missing, move |_| check());
    }
    trials.run()
}

type Claim = (&'static str, fn());

const CURL: [Claim; 8] = [
    ("curl_lists_a_folder", curl_lists_a_folder),
    ("curl_fetches_by_epsv_and_by_pasv", curl_fetches),
    ("curl_sends_a_file_that_is_whole", curl_sends),
    ("curl_goes_on_with_a_download", curl_goes_on_with_a_download),
    ("curl_goes_on_with_an_upload", curl_goes_on_with_an_upload),
    ("curl_makes_folders_renames_and_removes", curl_changes),
    ("curl_is_told_what_is_refused", curl_is_refused),
    ("curl_killed_in_an_upload_leaves_the_old_file", curl_is_killed),
];

const LFTP: [Claim; 3] = [
    ("lftp_mirrors_a_folder", lftp_mirrors),
    ("lftp_mirrors_a_folder_to_the_server", lftp_mirrors_back),
    ("lftp_mirrors_only_what_has_changed", lftp_mirrors_changes),
];

fn curl_missing() -> Option<String> {
    missing("curl")
}

fn lftp_missing() -> Option<String> {
    missing("lftp")
}

fn missing(tool: &str) -> Option<String> {
    let there = Command::new(tool).arg("--version").output().is_ok();
    (!there).then(|| format!("{tool} is missing: run scripts/test-tools"))
}

/// Names that a client has to encode, or to quote.
const NAMES: [&str; 5] =
    ["notes.txt", "two words", "übung #1?", "100%", "music/\"song\" [live]"];

/// A server's folder, a client's folder, and the server.
struct Two {
    server: Server,
    scratch: Scratch,
}

impl Two {
    fn start() -> Self {
        let scratch = Scratch::new().unwrap();
        for folder in ["there/music", "here"] {
            fs::create_dir_all(scratch.path(folder)).unwrap();
        }
        for (number, name) in NAMES.iter().enumerate() {
            let path = scratch.path("there").join(name);
            fs::write(path, content(number)).unwrap();
        }
        let mut command = Command::new(LESSON);
        command.arg("serve").arg(scratch.path("there"));
        command.args(["127.0.0.1:0", "--rfc959"]).stderr(Stdio::null());
        Two { server: Server::listening(&mut command), scratch }
    }

    fn there(&self, name: &str) -> PathBuf {
        self.scratch.path("there").join(name)
    }

    fn here(&self, name: &str) -> PathBuf {
        self.scratch.path("here").join(name)
    }

    /// Its address as curl wants it.
    fn url(&self, name: &str) -> String {
        format!("ftp://{}/{}", self.server.address, encoded(name))
    }

    fn curl(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("curl");
        command.args(["-sS", "--disable", "--max-time", "60"]);
        command.env_clear().args(arguments).current_dir(self.here(""));
        command.output().expect("curl runs")
    }

    /// What curl says on stdout. It must succeed.
    fn fetched(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.curl(arguments);
        assert!(output.status.success(), "{}", told(&output));
        output.stdout
    }

    fn lftp(&self, script: &str) {
        let script = format!(
            "set net:max-retries 1; set net:timeout 60; set cmd:fail-exit yes; \
             open ftp://{}; {script}; exit",
            self.server.address
        );
        let mut command = Command::new("lftp");
        command.args(["--norc", "-c", &script]).current_dir(self.here(""));
        command.env("LC_ALL", "C.UTF-8").env("HOME", self.here(""));
        let output = command.output().expect("lftp runs");
        assert!(output.status.success(), "{}", told(&output));
    }
}

/// Bytes of all values, line ends of all kinds among them.
fn content(seed: usize) -> Vec<u8> {
    let random = support::random::Random(seed as u64 + 1);
    random.take(50_000 * seed + 3).flat_map(u64::to_be_bytes).collect()
}

/// RFC 3986, section 2.1.
fn encoded(name: &str) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"/._".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => (byte as char).to_string(),
        false => format!("%{byte:02X}"),
    };
    name.bytes().map(encode).collect()
}

/// All files below a folder, with what is in them. lftp's own are hidden.
fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes()[0] == b'.';
            if path.is_dir() && !hidden {
                folders.push(path);
            } else if !hidden {
                let name = path.strip_prefix(folder).unwrap().to_path_buf();
                files.push((name, fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn curl_lists_a_folder() {
    let two = Two::start();

    let names = two.fetched(&["--list-only", &two.url("")]);
    let list = two.fetched(&[&two.url("music/")]);
    let facts = two.fetched(&["-X", "MLSD", &two.url("music/")]);

    let names = String::from_utf8(names).unwrap();
    let names: Vec<_> = names.lines().collect();
    let due = ["100%", "music", "notes.txt", "two words", "übung #1?"];
    assert_eq!(names, due);
    let list = String::from_utf8(list).unwrap();
    assert!(list.starts_with("-rw") && list.contains("\"song\" [live]"));
    let facts = String::from_utf8(facts).unwrap();
    assert!(facts.contains("type=file;size=1600024;"), "{facts}");
}

fn curl_fetches() {
    let two = Two::start();

    for (number, name) in NAMES.iter().enumerate() {
        for more in [&["--url"][..], &["--disable-epsv", "--url"]] {
            let bytes = two.fetched(&[more, &[&two.url(name)]].concat());
            assert!(bytes == content(number), "{name} {more:?}");
        }
    }
}

fn curl_sends() {
    let two = Two::start();

    for (number, name) in NAMES.iter().enumerate() {
        let to = format!("new {name}").replace('/', " ");
        fs::write(two.here("file"), content(number)).unwrap();
        two.fetched(&["-T", "file", &two.url(&to)]);
        assert!(fs::read(two.there(&to)).unwrap() == content(number), "{to}");
    }
    // Over a file that is there, and by curl's own folders.
    two.fetched(&["-T", "file", &two.url("notes.txt")]);
    let url = two.url("made/by/curl");
    two.fetched(&["--ftp-create-dirs", "-T", "file", &url]);
    for name in ["notes.txt", "made/by/curl"] {
        assert!(fs::read(two.there(name)).unwrap() == content(4), "{name}");
    }
}

fn curl_goes_on_with_a_download() {
    let two = Two::start();
    let whole = content(3);

    for part in [0, 1, 100_000, whole.len() - 1, whole.len()] {
        fs::write(two.here("part"), &whole[..part]).unwrap();
        two.fetched(&["-C", "-", "-o", "part", &two.url("100%")]);
        assert!(fs::read(two.here("part")).unwrap() == whole, "{part}");
    }
}

fn curl_goes_on_with_an_upload() {
    let two = Two::start();
    let whole = content(3);
    fs::write(two.here("file"), &whole).unwrap();

    for part in [1, 100_000, whole.len() - 1] {
        fs::write(two.there("part"), &whole[..part]).unwrap();
        two.fetched(&["-C", "-", "-T", "file", &two.url("part")]);
        assert!(fs::read(two.there("part")).unwrap() == whole, "{part}");
    }
    // Of an upload that broke off nothing is there: it begins anew.
    two.fetched(&["-C", "-", "-T", "file", &two.url("other")]);
    assert!(fs::read(two.there("other")).unwrap() == whole);
    let add = ["--append", "-T", "file"];
    two.fetched(&[&add[..], &[&two.url("other")]].concat());
    let length = fs::metadata(two.there("other")).unwrap().len();
    assert_eq!(length, 2 * whole.len() as u64);
}

fn curl_changes() {
    let two = Two::start();
    let url = two.url("");

    let lines = ["MKD new", "RNFR notes.txt", "RNTO new/n", "DELE two words"];
    let quote = lines.iter().flat_map(|line| ["-Q", line]);
    let arguments: Vec<_> = quote.chain(["-I", &url]).collect();
    two.fetched(&arguments);

    assert!(fs::read(two.there("new/n")).unwrap() == content(0));
    assert!(!two.there("two words").exists());
}

fn curl_is_refused() {
    let two = Two::start();
    fs::write(two.here("file"), "hello").unwrap();
    let path = ["--path-as-is", "--ftp-method", "nocwd"];

    // curl's numbers for why: curl(1), EXIT CODES.
    for (arguments, code) in [
        (&[&*two.url("missing")][..], 78),
        (&[&two.url("music/../../secret")], 78),
        (&["-T", "file", &two.url(".hidden")], 25),
        (&["-T", "file", &two.url("music/../../new")], 25),
        (&["-u", "root:x", &two.url("notes.txt")], 67),
        (&["--ssl-reqd", &two.url("notes.txt")], 64),
    ] {
        let output = two.curl(&[&path[..], arguments].concat());
        let why = told(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {why}");
    }
    assert!(!two.scratch.path("new").exists());
}

/// Kills curl when the server has so many of the bytes, or some more: at a
/// hundred points.
fn curl_is_killed() {
    let two = Two::start();
    let (old, new) = (vec![b'o'; 1000], vec![b'n'; 4_000_000]);
    fs::write(two.there("file"), &old).unwrap();
    fs::write(two.here("file"), &new).unwrap();

    let mut interrupted = 0;
    for point in 0..100 {
        let mut command = Command::new("curl");
        command.args(["-sS", "-T", "file"]).arg(two.url("file"));
        command.current_dir(two.here("")).stderr(Stdio::null());
        let mut curl = command.spawn().unwrap();
        // It may be over before this is seen.
        until(|| {
            written(&two.server) >= point * 38_000
                || curl.try_wait().unwrap().is_some()
        });
        let _ = kill(Pid::from_raw(curl.id() as i32), Signal::SIGKILL);
        curl.wait().unwrap();
        // The session is over when its file is closed.
        until(|| !is_writing(&two.server));
        let there = fs::read(two.there("file")).unwrap();
        assert!(there == old || there == new, "{point}: {}", there.len());
        interrupted += usize::from(there == old);
        fs::write(two.there("file"), &old).unwrap();
    }
    assert!(interrupted > 0, "no upload was killed in its middle");
    let there = tree(&two.there(""));
    assert_eq!(there.len(), NAMES.len() + 1, "nothing else is left");
}

fn until(mut so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !so() {
        assert!(Instant::now() < end, "it takes too long");
        // The two that are watched need the cores.
        thread::sleep(Duration::from_micros(200));
    }
}

/// The file without a name that a server writes to: how far it is.
fn written(server: &Server) -> u64 {
    positions(server).first().copied().unwrap_or(0)
}

fn is_writing(server: &Server) -> bool {
    !positions(server).is_empty()
}

/// proc_pid_fd(5), proc_pid_fdinfo(5). What vanishes meanwhile is left out.
fn positions(server: &Server) -> Vec<u64> {
    let here = format!("/proc/{}", server.id());
    let entries = fs::read_dir(format!("{here}/fd")).into_iter().flatten();
    let position = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let target = fs::read_link(entry.path()).ok()?;
        let nameless = target.to_str()?.ends_with(" (deleted)");
        let number = entry.file_name().into_string().ok()?;
        let about = fs::read_to_string(format!("{here}/fdinfo/{number}"));
        let about = about.ok().filter(|_| nameless)?;
        let at = about.lines().find_map(|it| it.strip_prefix("pos:"))?;
        at.trim().parse().ok()
    };
    entries.filter_map(position).collect()
}

fn lftp_mirrors() {
    let two = Two::start();
    fs::create_dir_all(two.there("a/b c/ü")).unwrap();
    fs::write(two.there("a/b c/ü/empty"), "").unwrap();

    two.lftp("mirror --parallel=3 / copy");

    assert!(tree(&two.here("copy")) == tree(&two.there("")));
    assert!(two.here("copy/a/b c/ü/empty").exists());
}

fn lftp_mirrors_back() {
    let two = Two::start();
    two.lftp("mirror / copy");
    fs::create_dir_all(two.here("copy/a/b c/ü")).unwrap();
    fs::write(two.here("copy/a/b c/ü/new"), content(2)).unwrap();
    fs::remove_file(two.here("copy/notes.txt")).unwrap();

    two.lftp("mirror -R copy /back");
    assert!(tree(&two.there("back")) == tree(&two.here("copy")));
    two.lftp("mirror -R --delete copy /back");
    fs::remove_dir_all(two.here("copy/music")).unwrap();
    two.lftp("mirror -R --delete copy /back");

    assert!(tree(&two.there("back")) == tree(&two.here("copy")));
    assert!(!two.there("back/music").exists());
}

fn lftp_mirrors_changes() {
    let two = Two::start();
    two.lftp("mirror / copy");
    fs::write(two.there("two words"), "other words").unwrap();

    two.lftp("mirror --delete / copy");
    two.lftp("mv notes.txt other.txt; mkdir deep; rmdir deep; cat 100% > x");

    let words = fs::read_to_string(two.here("copy/two words")).unwrap();
    assert_eq!(words, "other words");
    assert!(two.there("other.txt").exists() && !two.there("deep").exists());
    assert!(fs::read(two.here("x")).unwrap() == content(3));
}
