//! The server of lines as a child process, and what clients may do to it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use support::peer::{client, reset};

/// How long a line of the story may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A running server, ended when the test is over.
struct Server {
    child: Child,
    address: SocketAddr,
    story: Receiver<String>,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lesson-framing"))
            .args(["server", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, story) = mpsc::channel();
        thread::spawn(move || {
            // Read to the end: a server that can't tell its story ends.
            for line in stdout.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let line = story.recv_timeout(LIMIT).unwrap();
        let address = line.strip_prefix("listening on ").unwrap();
        let address = address.parse().unwrap();
        Server { child, address, story }
    }

    fn answers(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = client(self.address).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    /// Reads the story until a line tells this.
    fn tells(&self, what: &str) -> bool {
        let next = || self.story.recv_timeout(LIMIT).ok();
        std::iter::from_fn(next).any(|line| line.contains(what))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server hangs up on a client that breaks the rules: with bytes unread,
/// by a reset.
fn is_hung_up_on(mut stream: TcpStream) -> bool {
    match stream.read(&mut [0; 64]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn lines_are_answered_however_they_are_glued_and_cut() {
    let server = Server::start();

    assert_eq!(server.answers(b"one\ntwo\n\nthree\n"), b"one\ntwo\n\nthree\n");

    let mut stream = client(server.address).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    for word in ["hello", "world"] {
        for byte in word.bytes().chain(*b"\n") {
            stream.write_all(&[byte]).unwrap();
        }
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim_end(), word);
    }
    assert!(server.tells("message       5 bytes  \"hello\""));
}

#[test]
fn a_line_that_is_cut_off_is_told_and_not_answered() {
    let server = Server::start();

    assert_eq!(server.answers(b"one\ntw"), b"one\n");

    assert!(server.tells("the stream ended 2 bytes into a message"));
}

#[test]
fn bad_clients_end_nothing_but_their_own_conversation() {
    let server = Server::start();
    let mut stalled = client(server.address).unwrap();
    stalled.write_all(b"no end").unwrap();

    let mut endless = client(server.address).unwrap();
    // The server hangs up on the way; this send may fail.
    let _ = endless.write_all(&[b'a'; 100_000]);
    assert!(is_hung_up_on(endless));
    let mut garbage = client(server.address).unwrap();
    garbage.write_all(&[0xff; 700]).unwrap();
    reset(garbage).unwrap();

    assert_eq!(server.answers(b"still here\n"), b"still here\n");
    stalled.write_all(b" yet\n").unwrap();
    let mut answer = [0; 11];
    stalled.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"no end yet\n");
    assert!(server.tells("no delimiter after 1024 bytes"));
}
