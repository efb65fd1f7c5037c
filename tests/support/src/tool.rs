//! A lesson's tools as a reader runs them: child processes.
//!
//! ```text
//! let server = Server::start(env!("CARGO_BIN_EXE_lesson-tcp"));
//! let address = server.address.to_string();
//! let output = tool::run(LESSON, &["client", &address], b"hello\n");
//! ```

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{
    Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio,
};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a tool may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A lesson's running `server`, ended when the test is over.
pub struct Server {
    /// Where it listens: on loopback, at a port that the kernel chose.
    pub address: SocketAddr,
    child: Child,
    // Kept open: a server that cannot tell its story ends.
    story: BufReader<ChildStdout>,
}

impl Server {
    /// Starts the lesson's program, and waits until it says where it listens.
    pub fn start(lesson: &str) -> Self {
        Server::start_by(&mut Command::new(lesson), &[])
    }

    /// The same by a command that leads to the lesson's program, and with
    /// more arguments.
    pub fn start_by(command: &mut Command, more: &[&str]) -> Self {
        command.args(["server", "127.0.0.1:0"]);
        Server::listening(command.args(more))
    }

    /// Runs a command that says where it listens, and waits until it does.
    pub fn listening(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the lesson's program starts");
        let story = child.stdout.take().expect("its stdout is a pipe");
        let mut story = BufReader::new(story);
        let mut line = String::new();
        story.read_line(&mut line).expect("a first line");
        let address = line.trim_end().strip_prefix("listening on ");
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address: {line}"));
        Server { address, child, story }
    }
}

impl Server {
    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it says on stderr, to its end, where `start_by` was given a
    /// command with a pipe for it: once.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for its end: how it ended, and what else it had told.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let mut told = String::new();
        self.story.read_to_string(&mut told).expect("its story ends");
        (self.child.wait().expect("it can be waited for"), told)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a lesson's tool to its end, which must come within 20 seconds.
pub fn run(lesson: &str, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(lesson)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the lesson's program starts");
    let mut input = child.stdin.take().expect("its stdin is a pipe");
    // A program that ended already has no use for its input.
    let _ = input.write_all(stdin);
    drop(input);
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    let output = ended.recv_timeout(LIMIT).expect("the tool ends");
    output.expect("its output can be read")
}

/// What it said on stderr.
pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
