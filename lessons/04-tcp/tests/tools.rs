//! The tools as a reader runs them: child processes, and whatever a client or
//! a user may do to them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::process::Output;
use std::thread;
use std::time::Instant;

use support::peer::{client, reset};
use support::tool::{self, Server, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-tcp");

fn server() -> Server {
    Server::start(LESSON)
}

/// Runs one of the lesson's tools to its end.
fn lesson(arguments: &[&str], stdin: &[u8]) -> Output {
    tool::run(LESSON, arguments, stdin)
}

/// Whether the server still does its work.
fn echoes(server: &Server, text: &[u8]) -> bool {
    let mut stream = client(server.address).unwrap();
    stream.write_all(text).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer == text
}

#[test]
fn the_server_echoes_any_bytes() {
    let server = server();
    let garbage: Vec<u8> = (0..=255).cycle().take(300_000).collect();

    // More than the buffers hold: written and read at the same time.
    let mut stream = client(server.address).unwrap();
    let mut outgoing = stream.try_clone().unwrap();
    let sent = garbage.clone();
    let writer = thread::spawn(move || {
        outgoing.write_all(&sent).unwrap();
        outgoing.shutdown(Shutdown::Write).unwrap();
    });
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    writer.join().unwrap();

    assert!(answer == garbage, "{} bytes came back", answer.len());
}

#[test]
fn a_reset_ends_one_conversation_and_not_the_server() {
    let server = server();

    for _ in 0..20 {
        let mut stream = client(server.address).unwrap();
        stream.write_all(b"gone before the answer").unwrap();
        reset(stream).unwrap();
    }

    assert!(echoes(&server, b"still there"));
}

#[test]
fn clients_that_stall_hold_up_nobody() {
    let server = server();

    let silent = client(server.address).unwrap();
    let mut deaf = client(server.address).unwrap();
    // Sends until both directions are full, and never reads.
    deaf.set_nonblocking(true).unwrap();
    while deaf.write(&[b'x'; 65_536]).is_ok() {}

    assert!(echoes(&server, b"still there"));
    drop((silent, deaf));
}

#[test]
fn a_full_house_turns_clients_away_and_opens_again() {
    let server = server();

    let mut guests: Vec<TcpStream> = Vec::new();
    for _ in 0..64 {
        let mut guest = client(server.address).unwrap();
        guest.write_all(b"x").unwrap();
        guest.read_exact(&mut [0]).unwrap();
        guests.push(guest);
    }
    let mut late = client(server.address).unwrap();
    assert_eq!(late.read(&mut [0]).unwrap(), 0);

    // The server has seen a guest's end when it has closed its own side.
    let mut leaving = guests.pop().unwrap();
    leaving.shutdown(Shutdown::Write).unwrap();
    assert_eq!(leaving.read(&mut [0]).unwrap(), 0);
    let until = Instant::now() + support::peer::PATIENCE;
    let mut served = false;
    // Its place is free a moment after its socket is closed.
    while !served && Instant::now() < until {
        let mut next = client(server.address).unwrap();
        let _ = next.write_all(b"x");
        served = next.read(&mut [0]).is_ok_and(|count| count == 1);
    }
    assert!(served);
}

#[test]
fn the_client_sends_stdin_and_prints_the_answer() {
    let server = server();

    let output = lesson(&["client", &server.address.to_string()], b"hello\n");

    assert_eq!(told(&output), "");
    assert!(output.status.success());
    assert_eq!(output.stdout, b"hello\n");
}

#[test]
fn the_client_tells_of_a_reset() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 5]).unwrap();
        reset(stream).unwrap();
    });

    let output = lesson(&["client", &address], b"hello");

    server.join().unwrap();
    assert_eq!(
        told(&output),
        "lesson-tcp: recv: Connection reset by peer (ECONNRESET)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let output = lesson(&["server", &address], b"");

    assert_eq!(
        told(&output),
        format!(
            "lesson-tcp: bind {address}: Address already in use (EADDRINUSE)\n"
        )
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_server_that_is_not_there_is_named() {
    // Bound and not listening: the port stays ours, and refuses.
    let nobody = socket2::Socket::new(
        socket2::Domain::IPV4,
        socket2::Type::STREAM,
        None,
    )
    .unwrap();
    nobody.bind(&lesson_tcp::LOOPBACK.into()).unwrap();
    let address = lesson_tcp::local(&nobody).unwrap().to_string();

    let output = lesson(&["client", &address], b"");

    assert_eq!(
        told(&output),
        format!(
            "lesson-tcp: connect {address}: Connection refused (ECONNREFUSED)\n"
        )
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_unknown_demo_gets_the_nearest_name() {
    let output = lesson(&["half-closed"], b"");

    assert!(told(&output).contains("'half-close'"), "{}", told(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_address_that_is_none_is_named() {
    let output = lesson(&["client", "127.0.0.1"], b"");

    assert!(told(&output).contains("'127.0.0.1'"), "{}", told(&output));
    assert_eq!(output.status.code(), Some(2));
}
