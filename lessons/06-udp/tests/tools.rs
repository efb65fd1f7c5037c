//! The tools as a reader runs them: child processes, and whatever a client or
//! a user may do to them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use lesson_udp::{LARGEST, LOOPBACK, bound, connected};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-udp");

/// How long a tool may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A running server, ended when the test is over.
struct Server {
    child: Child,
    address: SocketAddr,
    // Kept open: a server that cannot tell its story ends.
    _story: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(LESSON)
            .args(["server", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut story = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        story.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").unwrap();
        let address = address.parse().unwrap();
        Server { child, address, _story: story }
    }

    /// Whether this comes back as it was sent.
    fn echoes(&self, data: &[u8]) -> bool {
        let client = connected(self.address).unwrap();
        client.send(data).unwrap();
        let mut answer = vec![0; LARGEST];
        let count = client.recv(&mut answer).unwrap();
        answer[..count] == *data
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a tool to its end, which must come in good time.
fn lesson(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(LESSON)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ended already has no use for its input.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    ended.recv_timeout(LIMIT).expect("the tool ends").unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An address where nobody listens, for as long as the socket lives: it is
/// taken by a socket that hears another peer only.
fn deaf() -> (UdpSocket, String) {
    let socket = bound(LOOPBACK).unwrap();
    socket.connect(socket.local_addr().unwrap()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

#[test]
fn the_server_echoes_any_bytes_of_any_length() {
    let server = Server::start();
    let garbage: Vec<u8> = (0..=255).cycle().take(LARGEST).collect();

    for length in [0, 1, 255, 1472, 1473, 9000, LARGEST] {
        assert!(server.echoes(&garbage[..length]), "{length} bytes");
    }
}

#[test]
fn clients_that_never_take_their_answers_hold_up_nobody() {
    let server = Server::start();

    for _ in 0..50 {
        let leaving = connected(server.address).unwrap();
        leaving.send(b"gone before the answer").unwrap();
    }
    let deaf = connected(server.address).unwrap();
    for _ in 0..2000 {
        // A full buffer loses, and says nothing.
        deaf.send(&[0; 1000]).unwrap();
    }

    // Lost while the server's buffer is full. So again, as a client does.
    let client = connected(server.address).unwrap();
    client.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let served = (0..100).any(|_| {
        client.send(b"still there").unwrap();
        client.recv(&mut [0; 64]).is_ok_and(|count| count == 11)
    });
    assert!(served);
}

#[test]
fn the_client_sends_lines_and_prints_the_answers() {
    let server = Server::start();

    let output =
        lesson(&["client", &server.address.to_string()], b"hello\n\nworld");

    assert_eq!(told(&output), "");
    assert!(output.status.success());
    assert_eq!(output.stdout, b"hello\n\nworld\n");
}

#[test]
fn the_client_waits_no_longer_than_a_second() {
    let silent = bound(LOOPBACK).unwrap();
    let address = silent.local_addr().unwrap().to_string();

    let output = lesson(&["client", &address], b"anybody?\n");

    assert_eq!(
        told(&output),
        "lesson-udp: no answer within a second\n\
         lesson-udp: answers that did not come: 1: timed out\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_client_is_told_that_nobody_listens() {
    let (_socket, address) = deaf();

    let output = lesson(&["client", &address], b"anybody?\n");

    assert_eq!(
        told(&output),
        "lesson-udp: recv: Connection refused (ECONNREFUSED)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_line_that_no_datagram_holds_is_refused() {
    let server = Server::start();
    let address = server.address.to_string();
    let line = vec![b'x'; LARGEST + 1];

    let output = lesson(&["client", &address], &line);

    assert_eq!(
        told(&output),
        "lesson-udp: send 65508 bytes: Message too long (EMSGSIZE)\n"
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(server.echoes(b"still there"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = bound(LOOPBACK).unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let output = lesson(&["server", &address], b"");

    assert_eq!(
        told(&output),
        format!(
            "lesson-udp: bind {address}: Address already in use (EADDRINUSE)\n"
        )
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_address_that_is_none_is_named() {
    for bad in ["127.0.0.1", "127.0.0.1:65536", "localhost:8888", ""] {
        let output = lesson(&["client", bad], b"");

        let named = told(&output).contains(&format!("'{bad}'"));
        assert!(named, "{}", told(&output));
        assert_eq!(output.status.code(), Some(2));
    }
}
