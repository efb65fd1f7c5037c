//! Not even the spare descriptor is left: the server waits for better times,
//! and keeps its caller. A limit is the whole process's, so this test has one
//! of its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use lesson_socketserver::{ThreadingTcpServer, Upper, listen};
use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::TimeValLike;
use socket2::{Domain, Socket, Type};

/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Milliseconds that this process has computed for.
fn computed() -> i64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    (usage.user_time() + usage.system_time()).num_milliseconds()
}

#[test]
fn without_a_spare_descriptor_it_rests_and_serves_when_there_is_room() {
    let listener = listen::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let server = ThreadingTcpServer::new(listener, Upper::default).unwrap();
    let stopper = server.stopper();
    let server = thread::spawn(move || server.run());
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();

    // No new descriptor has a number below 3: not even one in the place of
    // one that was given up.
    setrlimit(Resource::RLIMIT_NOFILE, 3, hard).unwrap();
    socket.connect(&address.into()).unwrap();
    let mut client = TcpStream::from(socket);
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.write_all(b"hello").unwrap();
    let before = computed();
    thread::sleep(Duration::from_millis(500));
    let spent = computed() - before;
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();

    // A loop that tries again at once would have computed all the time.
    assert!(spent < 50, "{spent} ms of 500");
    let mut answer = [0; 5];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HELLO");
    stopper.stop();
    let report = server.join().unwrap().unwrap();
    assert_eq!((report.served, report.refused), (1, 0));
}
