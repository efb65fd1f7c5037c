//! Time-outs, one by one: of a socket (SO_RCVTIMEO and SO_SNDTIMEO,
//! socket(7)), of poll(2), and of threads that wait for each other.
//!
//! They differ in how they say that the time is over, and in what zero
//! means to them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use lesson_nonblocking::{Event, Queue};
use lesson_tcp::{LOOPBACK, listener, local};
use narrator::{line, say};
use nix::poll::{PollFlags, PollTimeout};
use nix::sys::select::{FdSet, select};
use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::{TimeVal, TimeValLike};
use socket2::{Domain, Socket, Type};

use crate::stage::{again, full, in_vain, ready};

/// The time-out of all calls here.
const LIMIT: Duration = Duration::from_millis(20);

/// More than the buffers of both ends take.
const BYTES: usize = 16_000_000;

/// What waits on a socket, what waits on a thread, and zero.
pub fn run() -> io::Result<()> {
    line("A socket's own time-out, 20 ms");
    socket()?;
    line("");
    line("A time-out of poll and select");
    watched()?;
    line("");
    line("A thread that waits for another");
    join()?;
    queue();
    event();
    line("");
    line("Zero, and never");
    zero()
}

// ANCHOR: socket
fn socket() -> io::Result<()> {
    let (client, mut server) = pair()?;
    server.set_read_timeout(Some(LIMIT))?;
    let began = Instant::now();
    let kind = in_vain("server", "recv", again(|| server.read(&mut [0; 64])))?;
    let waited = began.elapsed() >= LIMIT;
    say("server", "waited", if waited { "20 ms or more" } else { "less" });
    if kind == ErrorKind::WouldBlock {
        say("server", "kind", "ErrorKind::WouldBlock, and not TimedOut");
    }
    not_read(client)?;
    accept()?;
    unanswered()
}

/// A peer that doesn't read: SO_SNDTIMEO.
fn not_read(mut client: TcpStream) -> io::Result<()> {
    client.set_write_timeout(Some(LIMIT))?;
    let data = vec![b'x'; BYTES];
    let sent = again(|| client.write(&data))?;
    say("client", "send", format_args!("{sent} of {BYTES} bytes, no error"));
    // Acknowledgements on their way may still make a little room.
    let last = std::iter::repeat_with(|| again(|| client.write(&data)));
    let error = last.take(BYTES).find(Result::is_err);
    in_vain("client", "send", error.unwrap_or(Ok(0))).map(drop)
}

/// SO_RCVTIMEO of a listener, for which the standard library has no name.
fn accept() -> io::Result<()> {
    let listener = listener(LOOPBACK, 16, false)?;
    listener.set_read_timeout(Some(LIMIT))?;
    in_vain("server", "accept", again(|| listener.accept())).map(drop)
}

/// A server whose queue is full: SO_SNDTIMEO, and connect_timeout.
fn unanswered() -> io::Result<()> {
    let (server, _first) = full()?;
    let to = local(&server)?;

    let connected = again(|| {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        client.set_write_timeout(Some(LIMIT))?;
        client.connect(&to.into())
    });
    in_vain("client", "connect", connected)?;
    let result = TcpStream::connect_timeout(&to, LIMIT);
    in_vain("std", "connect", result).map(drop)
}
// ANCHOR_END: socket

/// Both ends of a connection, as the standard library has them.
fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let (client, server) = lesson_tcp::pair()?;
    Ok((client.into(), server.into()))
}

// ANCHOR: watched
/// The time-out is an argument here, and its end no error.
fn watched() -> io::Result<()> {
    let (_client, server) = pair()?;
    for (told, limit) in [("20 ms", LIMIT), ("0", Duration::ZERO)] {
        let limit = PollTimeout::try_from(limit).map_err(io::Error::other)?;
        let found = ready(&server, PollFlags::POLLIN, limit)?;
        let count = usize::from(!found.is_empty());
        let what = format!("{told}: {count} ready, and no error");
        say("program", "poll", what);
    }
    let mut readable = FdSet::new();
    readable.insert(server.as_fd());
    let mut limit = TimeVal::milliseconds(20);
    let count = select(None, &mut readable, None, None, &mut limit)?;
    let what = format!("20 ms: {count} ready, and no error");
    say("program", "select", what);
    Ok(())
}
// ANCHOR_END: watched

// ANCHOR: join
/// `join` has no limit. So the thread says when it is done, and who waits
/// for that has one.
fn join() -> io::Result<()> {
    let go = Event::default();
    let (done, ended) = mpsc::channel();
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            go.wait(Duration::MAX);
            // Nobody waits any more only if the demo has failed.
            let _ = done.send("42");
        });
        told("thread", "join", ended.recv_timeout(LIMIT));
        go.set();
        told("thread", "join", ended.recv_timeout(Duration::MAX));
        worker.join().map_err(|_| io::Error::other("the thread panicked"))
    })?;
    drop(done);
    told("channel", "recv", ended.recv_timeout(LIMIT));
    Ok(())
}

fn told(who: &str, call: &str, result: Result<&str, RecvTimeoutError>) {
    match result {
        Ok(value) => say(who, call, format_args!("done: {value}")),
        Err(error) => say(who, call, format_args!("{error:?}")),
    }
}
// ANCHOR_END: join

// ANCHOR: queue
fn queue() {
    let queue = Queue::new(1);
    say("queue", "get", format_args!("{:?}: empty", queue.get(LIMIT)));
    say("queue", "put", format_args!("{:?}", queue.put("first", LIMIT)));
    let back = queue.put("second", LIMIT);
    say("queue", "put", format_args!("{back:?}: full, and it came back"));
    say("queue", "get", format_args!("{:?}", queue.get(LIMIT)));
}

fn event() {
    let event = Event::default();
    say("event", "wait", format_args!("{}", event.wait(LIMIT)));
    event.set();
    say("event", "wait", format_args!("{}: it was set", event.wait(LIMIT)));
}
// ANCHOR_END: queue

// ANCHOR: zero
fn zero() -> io::Result<()> {
    let (_client, server) = pair()?;
    let zero = Some(Duration::ZERO);
    in_vain("std", "recv", server.set_read_timeout(zero))?;
    let to = server.peer_addr()?;
    let connected = TcpStream::connect_timeout(&to, Duration::ZERO);
    in_vain("std", "connect", connected)?;

    server.set_read_timeout(Some(LIMIT))?;
    let before = server.read_timeout()?.is_some();
    setsockopt(&server, sockopt::ReceiveTimeout, &TimeVal::new(0, 0))?;
    let after = server.read_timeout()?;
    if before {
        let what = format_args!("SO_RCVTIMEO 0: {after:?}, which is for ever");
        say("kernel", "setsockopt", what);
    }
    Ok(())
}
// ANCHOR_END: zero
