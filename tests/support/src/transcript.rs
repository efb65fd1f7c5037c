//! A lesson's output as a snapshot that the book shows.
//!
//! A lesson's `tests/transcripts.rs` runs the lesson's own binary:
//!
//! ```text
//! use support::transcript::PORT;
//!
//! #[test]
//! fn half_close() {
//!     support::lesson!().shows("half-close", &[PORT]);
//! }
//! ```
//!
//! The snapshot's body is the command line and what it printed, word for
//! word what the book shows. What differs from run to run is normalised by
//! the named filters below, and nowhere else.
//!
//! To accept new output: `INSTA_UPDATE=always cargo test -p lesson-tcp`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a demo may take, on a busy machine too.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

// ANCHOR: filters
/// A rule for what differs from run to run.
pub struct Filter {
    /// What is normalised, for whoever reads the test.
    pub name: &'static str,
    pattern: &'static str,
    replacement: &'static str,
}

/// The port that the kernel chose on the loopback address.
pub const PORT: Filter = Filter {
    name: "port",
    pattern: r"127\.0\.0\.1:\d+",
    replacement: "127.0.0.1:<port>",
};

/// The port of a reply to EPSV: "(|||50000|)".
pub const EPSV_PORT: Filter = Filter {
    name: "epsv port",
    pattern: r"\(\|\|\|\d+\|\)",
    replacement: "(|||<port>|)",
};

/// The two bytes of a port in a reply to PASV: "(127,0,0,1,195,80)".
pub const PASV_PORT: Filter = Filter {
    name: "pasv port",
    pattern: r"\(127,0,0,1,\d+,\d+\)",
    replacement: "(127,0,0,1,<p1>,<p2>)",
};

/// The port that the kernel gave to the client; goes before [`PORT`].
pub const CLIENT_PORT: Filter = Filter {
    name: "client port",
    pattern: r"client at 127\.0\.0\.1:\d+",
    replacement: "client at 127.0.0.1:<its port>",
};

/// How many receives a message took that exceeds the receive buffer.
pub const RECVS: Filter = Filter {
    name: "recvs",
    pattern: r"after \d+ recvs",
    replacement: "after <n> recvs",
};

/// A count of bytes that the size of the kernel's buffers decides: "3919467
/// of 16000000 bytes".
pub const SOME_OF: Filter = Filter {
    name: "some of",
    pattern: r"\b\d{5,} of ",
    replacement: "<some> of ",
};

/// The same for less than a million of some millions: all of them stay.
pub const PART_OF: Filter = Filter {
    name: "part of",
    pattern: r"\b\d{5,6} of (\d{7}) ",
    replacement: "<some> of $1 ",
};

/// How many of a thousand datagrams a small buffer dropped: what one takes
/// up differs between kernels.
pub const MOST: Filter = Filter {
    name: "most",
    pattern: r"drops      \d{3} of",
    replacement: "drops      <most> of",
};

/// How many of a thousand datagrams a small buffer kept.
pub const FEW: Filter = Filter {
    name: "few",
    pattern: r"recvfrom   \d{1,2} of",
    replacement: "recvfrom   <few> of",
};

/// The folder that a demo makes for its socket files.
pub const FOLDER: Filter = Filter {
    name: "folder",
    pattern: r"(/[^/\s]+)*/unix-\w{6}",
    replacement: "/tmp/<folder>",
};

/// The number of a process. 0 is nobody's, and stays.
pub const PID: Filter = Filter {
    name: "pid",
    pattern: r"\bpid [1-9]\d*",
    replacement: "pid <pid>",
};

/// The number of a user. 4294967295 is nobody's, and stays.
pub const UID: Filter = Filter {
    name: "uid",
    pattern: r"\buid \d{1,9}\b",
    replacement: "uid <uid>",
};

/// A name with the number of a process in it.
pub const NAME: Filter =
    Filter { name: "name", pattern: r"echo-\d+", replacement: "echo-<pid>" };

/// A name that the kernel chose for a socket: five digits after a zero.
pub const CHOSEN: Filter = Filter {
    name: "chosen",
    pattern: r"\\0[0-9a-f]{5}\b",
    replacement: r"\0<5 digits>",
};

/// How many datagrams a queue takes: the kernel's settings decide.
pub const QUEUED: Filter = Filter {
    name: "queued",
    pattern: r"\b\d+ datagrams",
    replacement: "<n> datagrams",
};

/// What a new socket's buffers hold, which each machine sets for itself.
pub const BUFFERS: Filter = Filter {
    name: "buffers",
    pattern: r"(BUF +)\d+ +10000",
    replacement: "$1<its own> 10000",
};

/// How many of a hundred clients the kernel gave to the old of two
/// listeners, by a hash that differs from run to run.
pub const OLD_ONES: Filter = Filter {
    name: "the old one's",
    pattern: r"(old     accept     |ECONNRESET: )[1-9]\d? of",
    replacement: "$1<the old one's> of",
};

/// How many it gave to the new one.
pub const NEW_ONES: Filter = Filter {
    name: "the new one's",
    pattern: r"(new     accept     |answer: )[1-9]\d? of",
    replacement: "$1<the new one's> of",
};

/// How much of a server's memory each of many clients takes up.
pub const BYTES_EACH: Filter = Filter {
    name: "bytes each",
    pattern: r"\b[1-9]\d{0,2} bytes for each",
    replacement: "<n> bytes for each",
};

/// The time that a measurement took, in the data that a plot is drawn from.
pub const NS: Filter =
    Filter { name: "ns", pattern: r#""ns": [1-9]\d*"#, replacement: "<ns>" };

/// The machine that it was measured on.
pub const MACHINE: Filter = Filter {
    name: "machine",
    pattern: r#""(cpus|kernel|build)": [^,\n]+"#,
    replacement: "<$1>",
};

/// How far below the top of its stack a coroutine was left: the compiler
/// decides how much a function takes.
pub const LEFT: Filter = Filter {
    name: "left",
    pattern: r"at top - \d+",
    replacement: "at top - <n>",
};

/// The memory that each of many takes.
pub const EACH: Filter = Filter {
    name: "each",
    pattern: r"\b\d+\.\d KiB each",
    replacement: "<n> KiB each",
};

/// What a wait takes up: pages of a stack, or the bytes of a future.
pub const TAKEN: Filter = Filter {
    name: "taken",
    pattern: r"(coroutine  |future     )\d+ (pages|bytes)",
    replacement: "$1<n> $2",
};

/// A time in nanoseconds.
pub const NANOSECONDS: Filter = Filter {
    name: "nanoseconds",
    pattern: r"\b\d+\.\d\d ns",
    replacement: "<n> ns",
};
// ANCHOR_END: filters

/// The lesson whose test this is: its package, folder and binary.
#[macro_export]
macro_rules! lesson {
    () => {
        $crate::transcript::Lesson::new(
            env!("CARGO_PKG_NAME"),
            env!("CARGO_MANIFEST_DIR"),
            env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"))),
        )
    };
}

/// A lesson's package, its folder, and its compiled binary.
pub struct Lesson {
    package: &'static str,
    folder: PathBuf,
    binary: &'static str,
}

impl Lesson {
    /// Made by [`lesson!`], which knows the three.
    pub fn new(
        package: &'static str,
        folder: &'static str,
        binary: &'static str,
    ) -> Self {
        Lesson { package, folder: folder.into(), binary }
    }

    /// Runs a demo, which must succeed without a word on stderr, and holds
    /// what it printed against `tests/snapshots/DEMO.snap`.
    #[track_caller]
    pub fn shows(&self, demo: &str, filters: &[Filter]) {
        let command = format!("$ cargo run -p {} -- {demo}\n", self.package);
        let text = command + &normalise(&self.run(&[demo]), filters);
        self.compare(demo, &text);
    }

    /// The same for the lesson's main story: the demo that runs when none is
    /// named.
    #[track_caller]
    pub fn shows_first(&self, demo: &str, filters: &[Filter]) {
        let text = normalise(&self.run(&[]), filters);
        let named = normalise(&self.run(&[demo]), filters);
        assert_eq!(text, named, "without a name, {demo} should run");
        let command = format!("$ cargo run -p {}\n", self.package);
        self.compare(demo, &(command + &text));
    }

    /// The same for a demo's data, which feeds a widget:
    /// `tests/snapshots/DEMO.json.snap`.
    #[track_caller]
    pub fn records(&self, demo: &str) {
        let text = self.run(&[demo, "--json"]);
        self.compare(&format!("{demo}.json"), &text);
    }

    /// The same for data that was measured: a run has the recorded one's
    /// shape, and what `filters` leave out is the recorded run's own. It was
    /// made by hand on a quiet machine, and a test writes it only where the
    /// shape has changed.
    #[track_caller]
    pub fn records_measured(&self, demo: &str, filters: &[Filter]) {
        let name = format!("{demo}.json");
        let text = self.run(&[demo, "--json"]);
        let there = self.folder.join(format!("tests/snapshots/{name}.snap"));
        if there.exists() {
            let recorded = normalise(&self.snapshot(&name), filters);
            if recorded.trim_end() == normalise(&text, filters).trim_end() {
                return;
            }
        }
        self.compare(&name, &text);
    }

    /// Every command that `--help` lists has a transcript, unless its
    /// description begins with "Tool:"; and no snapshot is left over.
    #[track_caller]
    pub fn has_a_transcript_of_every_demo(&self) {
        let demos = demos(&self.run(&["--help"]));
        assert!(!demos.is_empty(), "--help lists no demos");
        let snapshots = self.folder.join("tests/snapshots");
        let mut shown: Vec<String> = Vec::new();
        for entry in std::fs::read_dir(&snapshots).expect("a snapshot folder") {
            let name = entry.expect("a folder entry").file_name();
            let name = name.to_string_lossy();
            let demo = name.strip_suffix(".snap").expect("only snapshots");
            shown.push(demo.trim_end_matches(".json").to_string());
        }
        for demo in &demos {
            assert!(shown.contains(demo), "{demo} has no transcript");
        }
        for demo in &shown {
            assert!(demos.contains(demo), "{demo}.snap shows no demo");
        }
    }

    /// Runs the lesson's program, which must succeed without a word on
    /// stderr; what it printed.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> String {
        let (told, warned) = self.run_by(Command::new, arguments);
        assert_eq!(warned, "", "a demo has nothing to say on stderr");
        told
    }

    /// Runs the lesson's program by the command that `command` makes of its
    /// path. It must succeed; what it said on stdout and on stderr.
    #[track_caller]
    pub fn run_by(
        &self,
        command: impl FnOnce(&'static str) -> Command,
        arguments: &[&str],
    ) -> (String, String) {
        let (status, told, warned) = self.output_by(command, arguments);
        assert!(status.success(), "{status}: {warned}");
        (told, warned)
    }

    /// Runs the lesson's program where what it needs is missing: it must print
    /// the snapshot, and one line of warning with the `remedy`.
    #[track_caller]
    pub fn is_replayed(
        &self,
        snapshot: &str,
        elsewhere: impl FnOnce(&'static str) -> Command,
        arguments: &[&str],
        remedy: &str,
    ) {
        let (told, warned) = self.run_by(elsewhere, arguments);
        let body = self.snapshot(snapshot);
        let recorded = match body.split_once('\n') {
            Some((command, rest)) if command.starts_with("$ ") => rest,
            _ => &body,
        };
        assert_eq!(told.trim_end(), recorded.trim_end());
        assert_eq!(warned.lines().count(), 1, "{warned}");
        assert!(warned.contains(remedy), "{warned}");
    }

    /// The same for a run that must fail before it has told anything; the
    /// one line that it said on stderr.
    #[track_caller]
    pub fn fails_by(
        &self,
        command: impl FnOnce(&'static str) -> Command,
        arguments: &[&str],
    ) -> String {
        let (status, told, warned) = self.output_by(command, arguments);
        assert_eq!(status.code(), Some(1), "{warned}");
        assert_eq!((&*told, warned.lines().count()), ("", 1), "{warned}");
        warned
    }

    #[track_caller]
    fn output_by(
        &self,
        command: impl FnOnce(&'static str) -> Command,
        arguments: &[&str],
    ) -> (ExitStatus, String, String) {
        let mut command = command(self.binary);
        let output = output_in_time(command.args(arguments), LIMIT);
        let told = String::from_utf8(output.stdout);
        let warned = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status, told.expect("a transcript is UTF-8"), warned)
    }

    /// What the book shows of a demo: its snapshot without insta's header.
    #[track_caller]
    pub fn snapshot(&self, demo: &str) -> String {
        let path = self.folder.join(format!("tests/snapshots/{demo}.snap"));
        let text = std::fs::read_to_string(path).expect("a snapshot");
        let body = text.splitn(3, "---\n").nth(2);
        body.expect("a header, and a body").to_string()
    }

    #[track_caller]
    fn compare(&self, name: &str, text: &str) {
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(self.snapshots());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name.to_string(), text));
    }

    fn snapshots(&self) -> impl AsRef<Path> + use<> {
        self.folder.join("tests/snapshots")
    }
}

/// Runs a program to its end, and fails where that doesn't come.
#[track_caller]
pub(crate) fn output_in_time(command: &mut Command, limit: Duration) -> Output {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let out = read_beside(child.stdout.take());
    let err = read_beside(child.stderr.take());
    let ended = out.recv_timeout(limit).and_then(|out| {
        let err = err.recv_timeout(limit)?;
        Ok((out, err))
    });
    if ended.is_err() {
        child.kill().expect("a child can be killed");
    }
    let status = child.wait().expect("a child can be waited for");
    let Ok((stdout, stderr)) = ended else {
        panic!("{command:?}: still running after {limit:?}");
    };
    Output { status, stdout, stderr }
}

/// Reads to the end on a thread of its own.
fn read_beside(
    from: Option<impl Read + Send + 'static>,
) -> mpsc::Receiver<Vec<u8>> {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let mut all = Vec::new();
        let read = from.map(|mut from| from.read_to_end(&mut all));
        // Nobody asks any more where the other end came too late.
        let _ = read.transpose().map(|_| done.send(all));
    });
    ended
}

fn normalise(text: &str, filters: &[Filter]) -> String {
    filters.iter().fold(text.to_string(), |text, filter| {
        let pattern = regex_lite::Regex::new(filter.pattern)
            .unwrap_or_else(|e| panic!("filter {}: {e}", filter.name));
        pattern.replace_all(&text, filter.replacement).into_owned()
    })
}

/// The commands of clap's help that are demos.
fn demos(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.trim().split_once("  "))
        .filter(|(name, about)| {
            *name != "help" && !about.trim().starts_with("Tool:")
        })
        .map(|(name, _)| name.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_replaces_what_differs_and_nothing_else() {
        let text = normalise("accept 127.0.0.1:40312, 5 bytes", &[PORT]);

        assert_eq!(text, "accept 127.0.0.1:<port>, 5 bytes");
    }

    #[test]
    #[should_panic = "still running after 10ms"]
    fn a_demo_that_never_ends_has_failed() {
        let limit = Duration::from_millis(10);

        output_in_time(Command::new("sleep").arg("100"), limit);
    }

    #[test]
    fn demos_are_read_from_the_help_and_tools_are_not() {
        let help = "Commands:\n  half-close  Stop sending\n  \
                    server      Tool: an echo server\n  \
                    help        Print this message\n\nOptions:\n  -h  Help\n";

        assert_eq!(demos(help), ["half-close"]);
    }
}
