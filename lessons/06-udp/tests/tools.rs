//! The tools as a reader runs them: child processes, and whatever a client or
//! a user may do to them.

use std::net::UdpSocket;
use std::process::Output;
use std::time::Duration;

use lesson_udp::{LARGEST, LOOPBACK, bound, connected};
use support::tool::{self, Server, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-udp");

fn server() -> Server {
    Server::start(LESSON)
}

/// Runs one of the lesson's tools to its end.
fn lesson(arguments: &[&str], stdin: &[u8]) -> Output {
    tool::run(LESSON, arguments, stdin)
}

/// Whether this comes back as it was sent.
fn echoes(server: &Server, data: &[u8]) -> bool {
    let client = connected(server.address).unwrap();
    client.send(data).unwrap();
    let mut answer = vec![0; LARGEST];
    let count = client.recv(&mut answer).unwrap();
    answer[..count] == *data
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
    let server = server();
    let garbage: Vec<u8> = (0..=255).cycle().take(LARGEST).collect();

    for length in [0, 1, 255, 1472, 1473, 9000, LARGEST] {
        assert!(echoes(&server, &garbage[..length]), "{length} bytes");
    }
}

#[test]
fn clients_that_never_take_their_answers_hold_up_nobody() {
    let server = server();

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
    let server = server();

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
    let server = server();
    let address = server.address.to_string();
    let line = vec![b'x'; LARGEST + 1];

    let output = lesson(&["client", &address], &line);

    assert_eq!(
        told(&output),
        "lesson-udp: send 65508 bytes: Message too long (EMSGSIZE)\n"
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(echoes(&server, b"still there"));
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
