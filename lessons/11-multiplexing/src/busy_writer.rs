//! A socket is nearly always ready to be written to. Who watches for that
//! all the time doesn't wait.
//!
//! A stream is writable while its buffer has room (select(2), poll(2)). So
//! interest in writing is for whoever has something left to write, and only
//! until it is written.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Epoll, Event, Interest, Mechanism, Poller};
use narrator::{line, say};

/// Turns of the loop after which the peer says something at last.
const ENOUGH: usize = 100_000;

/// A peer that is silent for long, and one that reads late.
pub fn run() -> io::Result<()> {
    line("watched for, and wake-ups for nothing until a message comes");
    line("        read and write   read");
    for with in Mechanism::ALL {
        let both = until_a_message(with, Interest::READ | Interest::WRITE)?;
        let read = until_a_message(with, Interest::READ)?;
        line(format_args!("{with:<7} {both:<16} {read}"));
    }
    line("");
    only_while_needed()
}

// ANCHOR: silent
/// How often the loop turns for nothing before it has its message.
fn until_a_message(with: Mechanism, interest: Interest) -> io::Result<usize> {
    let (mut ours, mut peer) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let mut poller = with.poller()?;
    let mut events = Vec::new();
    poller.register(ours.as_fd(), interest)?;
    let mut for_nothing = 0;
    loop {
        poller.wait(Some(Duration::ZERO), &mut events)?;
        // Nothing: here the program would sleep until the message comes.
        if events.is_empty() || for_nothing == ENOUGH {
            peer.write_all(b"hello")?;
            poller.wait(None, &mut events)?;
        }
        match ours.read(&mut [0; 16]) {
            Ok(_) => return Ok(for_nothing),
            Err(e) if e.kind() == ErrorKind::WouldBlock => for_nothing += 1,
            Err(error) => return Err(error),
        }
    }
}
// ANCHOR_END: silent

// ANCHOR: needed
/// Watches for writing from the first EAGAIN to the last byte.
fn only_while_needed() -> io::Result<()> {
    let (mut ours, mut peer) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let mut poller = Epoll::new()?;
    let mut events = Vec::new();
    poller.register(ours.as_fd(), Interest::READ)?;
    let answer = vec![b'x'; 1_000_000];
    let mut left = &answer[..];
    let mut received = 0;

    say("server", "send", "1000000 bytes, to a peer that doesn't read");
    write_some(&mut ours, &mut left)?;
    say("server", "send", "EAGAIN: some are left");
    poller.modify(ours.as_fd(), Interest::READ | Interest::WRITE)?;
    say("server", "modify", "interest in READ and WRITE");
    poller.wait(Some(Duration::ZERO), &mut events)?;
    say("server", "wait", told(&events));

    while !left.is_empty() {
        received += take_all(&mut peer)?;
        poller.wait(None, &mut events)?;
        write_some(&mut ours, &mut left)?;
    }
    say("peer", "recv", "reads, again and again");
    say("server", "wait", "each time: writable, and send some more");
    poller.modify(ours.as_fd(), Interest::READ)?;
    say("server", "modify", "nothing is left: interest in READ");
    received += take_all(&mut peer)?;
    poller.wait(Some(Duration::ZERO), &mut events)?;
    say("server", "wait", told(&events));
    say("peer", "recv", format_args!("{received} bytes in all"));
    Ok(())
}
// ANCHOR_END: needed

/// Writes until nothing is left, or no room.
fn write_some(socket: &mut UnixStream, left: &mut &[u8]) -> io::Result<()> {
    while !left.is_empty() {
        match socket.write(left) {
            Ok(count) => *left = &left[count..],
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads until there is nothing more.
fn take_all(peer: &mut UnixStream) -> io::Result<usize> {
    peer.set_nonblocking(true)?;
    let mut buffer = [0; 4096];
    let mut taken = 0;
    loop {
        match peer.read(&mut buffer) {
            Ok(0) => return Ok(taken),
            Ok(count) => taken += count,
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(taken),
            Err(error) => return Err(error),
        }
    }
}

fn told(events: &[Event]) -> String {
    match events {
        [] => "nothing yet: here it sleeps".to_string(),
        [event, ..] => event.ready.to_string(),
    }
}
