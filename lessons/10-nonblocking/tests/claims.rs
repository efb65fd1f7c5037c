//! What the chapter says in words and shows in no transcript, held against
//! this machine's kernel and the standard library.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use lesson_nonblocking::{Deadline, read};
use lesson_tcp::{LOOPBACK, connect, listener, local, pair, state};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, setsockopt, socket, sockopt,
};
use nix::sys::time::TimeVal;
use socket2::{Domain, SockRef, Socket, Type};
use support::waiting::interrupted;

const SHORT: Duration = Duration::from_millis(10);

/// More than the buffers of both ends take.
const MUCH: usize = 16_000_000;

/// Signals have one handler for the whole process, so these tests take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap())
}

fn streams() -> (TcpStream, TcpStream) {
    let (client, server) = pair().unwrap();
    (client.into(), server.into())
}

fn ready(socket: impl AsFd, what: PollFlags, limit: PollTimeout) -> PollFlags {
    let mut watched = [PollFd::new(socket.as_fd(), what)];
    poll(&mut watched, limit).unwrap();
    watched[0].revents().unwrap()
}

/// A listener whose queue has no room, and who is in it.
fn full() -> (Socket, Socket) {
    let server = listener(LOOPBACK, 0, false).unwrap();
    let first = connect(local(&server).unwrap()).unwrap();
    state::await_queue(local(&server).unwrap(), 1).unwrap();
    (server, first)
}

#[test]
fn ewouldblock_is_another_name_for_eagain() {
    assert_eq!(Errno::EWOULDBLOCK, Errno::EAGAIN);
    let error = std::io::Error::from(Errno::EAGAIN);
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_socket_can_be_made_non_blocking_from_the_start() {
    let flags = SockFlag::SOCK_NONBLOCK;
    let (family, kind) = (AddressFamily::Inet, SockType::Stream);

    let plain = socket(family, kind, SockFlag::empty(), None).unwrap();
    let asked = socket(family, kind, flags, None).unwrap();

    let non_blocking = |fd: &OwnedFd| {
        let flags = fcntl(fd, FcntlArg::F_GETFL).unwrap();
        OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK)
    };
    assert!(!non_blocking(&plain));
    assert!(non_blocking(&asked));
}

#[test]
fn write_all_does_not_say_how_much_it_has_sent() {
    let (mut client, mut server) = streams();
    client.set_nonblocking(true).unwrap();

    let error = client.write_all(&vec![0; MUCH]).unwrap_err();
    drop(client);

    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    let mut sent = Vec::new();
    server.read_to_end(&mut sent).unwrap();
    assert!(!sent.is_empty() && sent.len() < MUCH);
}

#[test]
fn what_read_exact_had_read_is_gone_with_the_error() {
    let (mut client, mut server) = streams();
    client.write_all(b"hel").unwrap();
    ready(&server, PollFlags::POLLIN, PollTimeout::MAX);
    server.set_nonblocking(true).unwrap();

    let error = server.read_exact(&mut [0; 5]).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    assert_eq!(server.read(&mut [0; 5]).unwrap_err().kind(), error.kind());
}

#[test]
fn a_failed_connect_is_told_by_the_next_call_where_nobody_asked() {
    let nobody = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    nobody.bind(&LOOPBACK.into()).unwrap();
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    client.set_nonblocking(true).unwrap();
    let begun = client.connect(&nobody.local_addr().unwrap());
    assert_eq!(errno(&begun.unwrap_err()), Errno::EINPROGRESS);

    ready(&client, PollFlags::POLLOUT, PollTimeout::MAX);
    let error = client.send(b"hello").unwrap_err();

    assert_eq!(errno(&error), Errno::ECONNREFUSED);
}

#[test]
fn a_connect_that_is_done_says_so_once_and_then_eisconn() {
    let server = listener(LOOPBACK, 1, false).unwrap();
    let to = server.local_addr().unwrap();
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    client.set_nonblocking(true).unwrap();
    client.connect(&to).unwrap_err();
    ready(&client, PollFlags::POLLOUT, PollTimeout::MAX);

    client.connect(&to).unwrap();
    let again = client.connect(&to).unwrap_err();

    assert_eq!(errno(&again), Errno::EISCONN);
}

#[test]
fn connect_timeout_gives_a_blocking_socket() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap();

    let client = TcpStream::connect_timeout(&to, Duration::MAX).unwrap();

    let flags = fcntl(&client, FcntlArg::F_GETFL).unwrap();
    assert!(!OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK));
}

#[test]
fn a_time_out_of_the_socket_does_not_concern_poll() {
    let (_client, server) = streams();
    server.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let limit = Duration::from_millis(200);

    let began = Instant::now();
    let limit_of_poll = PollTimeout::try_from(limit).unwrap();
    let found = ready(&server, PollFlags::POLLIN, limit_of_poll);

    assert!(found.is_empty());
    assert!(began.elapsed() >= limit);
}

#[test]
fn after_a_time_out_the_connection_lives() {
    let (mut client, mut server) = streams();
    server.set_read_timeout(Some(SHORT)).unwrap();
    assert!(server.read(&mut [0; 8]).is_err());

    client.write_all(b"late").unwrap();
    server.set_read_timeout(None).unwrap();

    assert_eq!(server.read(&mut [0; 8]).unwrap(), 4);
}

#[test]
fn no_time_out_comes_early_and_the_shortest_is_one_tick() {
    let (_client, mut server) = streams();
    server.set_read_timeout(Some(Duration::from_nanos(1))).unwrap();
    let tick = server.read_timeout().unwrap().unwrap();

    let began = Instant::now();
    let error = server.read(&mut [0; 8]).unwrap_err();

    assert!(tick >= Duration::from_millis(1), "{tick:?}");
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    assert!(began.elapsed() > Duration::from_nanos(1));
}

#[test]
fn zero_is_for_ever_to_the_kernel_and_an_error_in_rust() {
    let (_client, server) = streams();
    for result in [
        server.set_read_timeout(Some(Duration::ZERO)),
        server.set_write_timeout(Some(Duration::ZERO)),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    server.set_read_timeout(Some(SHORT)).unwrap();
    assert!(server.read_timeout().unwrap().is_some());

    let never = TimeVal::new(0, 0);
    setsockopt(&server, sockopt::ReceiveTimeout, &never).unwrap();

    assert_eq!(server.read_timeout().unwrap(), None);
}

#[test]
fn a_time_out_of_ages_is_none() {
    let (mut client, mut server) = streams();
    server.set_read_timeout(Some(Duration::MAX)).unwrap();
    client.write_all(b"x").unwrap();

    assert_eq!(server.read(&mut [0; 8]).unwrap(), 1);
}

#[test]
fn waits_of_threads_take_any_duration() {
    let (sender, receiver) = mpsc::channel::<()>();
    let at_once = receiver.recv_timeout(Duration::ZERO);
    assert_eq!(at_once, Err(RecvTimeoutError::Timeout));
    drop(sender);
    let ended = receiver.recv_timeout(Duration::MAX);
    assert_eq!(ended, Err(RecvTimeoutError::Disconnected));

    let (lock, changed) = (Mutex::new(()), Condvar::new());
    let guard = lock.lock().unwrap();
    let (_guard, over) = changed.wait_timeout(guard, Duration::ZERO).unwrap();
    assert!(over.timed_out());
}

#[test]
#[should_panic = "overflow when adding duration to instant"]
fn a_moment_beyond_the_clock_panics() {
    let _ = Instant::now() + Duration::MAX;
}

#[test]
fn a_deadline_leaves_the_socket_as_it_is() {
    let (mut client, server) = streams();
    server.set_read_timeout(Some(SHORT)).unwrap();
    let before = server.read_timeout().unwrap();
    let mut buffer = [0; 8];

    let late = read(&server, &mut buffer, Deadline::after(SHORT));
    client.write_all(b"hello").unwrap();
    let came = read(&server, &mut buffer, Deadline::never());
    drop(client);
    let end = read(&server, &mut buffer, Deadline::never());

    assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!((came.unwrap(), end.unwrap()), (5, 0));
    assert_eq!(server.read_timeout().unwrap(), before);
}

#[test]
fn a_connection_has_its_listeners_time_out() {
    let server = listener(LOOPBACK, 1, false).unwrap();
    let before = server.read_timeout().unwrap();
    server.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let _client = connect(local(&server).unwrap()).unwrap();

    let (stream, _) = server.accept().unwrap();

    assert_eq!(before, None);
    let minute = Some(Duration::from_secs(60));
    assert_eq!(SockRef::from(&stream).read_timeout().unwrap(), minute);
}

#[test]
fn a_time_out_of_a_connect_leaves_it_in_progress() {
    let (server, _first) = full();
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    client.set_write_timeout(Some(SHORT)).unwrap();

    let error = client.connect(&server.local_addr().unwrap()).unwrap_err();
    drop(server.accept().unwrap());
    let found = ready(&client, PollFlags::POLLOUT, PollTimeout::MAX);

    assert_eq!(errno(&error), Errno::EINPROGRESS);
    assert_eq!(found, PollFlags::POLLOUT);
    assert!(client.take_error().unwrap().is_none());
}

#[test]
fn accept_of_the_standard_library_outlasts_signals() {
    let _turn = turn();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap();

    let connect = || drop(TcpStream::connect(to).unwrap());
    let accepted = interrupted(3, connect, || server.accept()).unwrap();

    accepted.unwrap();
}

#[test]
fn connect_of_the_standard_library_outlasts_signals() {
    let _turn = turn();
    let (server, _first) = full();
    let to = local(&server).unwrap();

    let admit = || drop(server.accept().unwrap());
    let connected = interrupted(3, admit, || TcpStream::connect(to)).unwrap();

    connected.unwrap();
}

#[test]
fn a_sleep_of_the_standard_library_outlasts_signals() {
    let _turn = turn();
    let began = Instant::now();
    let long = Duration::from_millis(200);

    interrupted(3, || (), || thread::sleep(long)).unwrap();

    assert!(began.elapsed() >= long);
}

#[test]
fn a_part_that_was_sent_is_no_eintr() {
    let _turn = turn();
    let (mut client, server) = streams();

    let data = vec![0; MUCH];
    let close = || drop(server);
    let sent = interrupted(1, close, || client.write(&data)).unwrap();

    let sent = sent.unwrap();
    assert!(0 < sent && sent < MUCH, "{sent}");
}
