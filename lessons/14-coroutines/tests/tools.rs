//! The tools as a reader runs them, with clients that behave and clients
//! that don't.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use socket2::SockRef;
use support::tool::{self, Server};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-coroutines");
const LIMIT: Duration = Duration::from_secs(20);

fn start(more: &[&str]) -> Server {
    Server::start_by(&mut Command::new(LESSON), more)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

fn is_served(address: SocketAddr) {
    let mut client = connect(address);
    client.write_all(b"hello").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "hello");
}

#[test]
fn the_server_echoes_whatever_the_others_do() {
    for more in [&[][..], &["--async"], &["--processes", "2"]] {
        let server = start(more);
        let silent = connect(server.address);
        is_served(server.address);

        let reset = connect(server.address);
        SockRef::from(&reset).set_linger(Some(Duration::ZERO)).unwrap();
        drop(reset);
        is_served(server.address);

        // One that sends, and never reads.
        let mut deaf = connect(server.address);
        deaf.set_nonblocking(true).unwrap();
        let mut full = 0;
        while full < 3 {
            match deaf.write(&[7; 65536]) {
                Ok(_) => full = 0,
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    full += 1;
                    is_served(server.address);
                }
                Err(error) => panic!("{error}"),
            }
        }
        drop((silent, deaf));
        is_served(server.address);
    }
}

#[test]
fn a_megabyte_comes_back_as_it_was() {
    for more in [&[][..], &["--async"]] {
        let server = start(more);
        let mut client = connect(server.address);
        let sent: Vec<u8> =
            (0..1_000_000u32).map(|n| (n % 251) as u8).collect();
        let mut writes = client.try_clone().unwrap();
        let bytes = sent.clone();
        let writer = thread::spawn(move || {
            writes.write_all(&bytes)?;
            writes.shutdown(Shutdown::Write)
        });

        let mut came = Vec::new();
        client.read_to_end(&mut came).unwrap();

        writer.join().unwrap().unwrap();
        assert!(came == sent, "{more:?}: {} bytes came back", came.len());
    }
}

#[test]
fn without_descriptors_it_rests_and_goes_on() {
    for more in [&[][..], &["--async"]] {
        let mut few = Command::new("prlimit");
        few.args(["--nofile=16", LESSON]).stderr(Stdio::null());
        let server = Server::start_by(&mut few, more);
        let mut crowd: Vec<_> =
            (0..30).map(|_| connect(server.address)).collect();
        // The first ones have a descriptor each.
        crowd[0].write_all(b"x").unwrap();
        crowd[0].read_exact(&mut [0; 1]).unwrap();

        // As some leave, others are accepted.
        drop(crowd.split_off(1));

        is_served(server.address);
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();

    let output = tool::run(LESSON, &["server", &address], b"");

    let due = format!(
        "lesson-coroutines: bind {address}: Address already in use \
         (EADDRINUSE)\n"
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), due);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn no_process_is_too_few() {
    let output = tool::run(LESSON, &["server", "--processes", "0"], b"");

    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("1..=64"), "{told}");
}

#[test]
fn nobody_is_left_when_the_first_of_two_processes_ends() {
    let server = start(&["--processes", "2"]);
    let address = server.address;
    is_served(address);

    drop(server);

    // The second one hears of it by a signal.
    let gone = (0..1000).any(|_| {
        thread::yield_now();
        let error = TcpStream::connect(address).err();
        thread::sleep(Duration::from_millis(1));
        error.is_some_and(|it| it.kind() == ErrorKind::ConnectionRefused)
    });
    assert!(gone);
}

#[test]
fn a_worker_ends_with_whoever_has_started_it() {
    let mut child: Child = Command::new(LESSON)
        .args(["worker", "named", "127.0.0.1:0", "one"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();

    drop(child.stdin.take());

    assert!(child.wait().unwrap().success());
}
