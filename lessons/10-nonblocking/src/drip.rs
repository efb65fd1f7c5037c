//! A peer that drips: it sends one byte whenever the reader waits for one.
//! A time-out of each call never ends that; a deadline does.
//!
//! The peer speaks when the kernel says that the reader sleeps, so nothing
//! here depends on how fast the machine is: reads are counted, not seconds.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lesson_nonblocking::asleep::{Call, Thread, until};
use lesson_nonblocking::{Deadline, read};
use narrator::{explain, line, say};

use crate::stage::{again, beside};

/// The time-out of each call. The peer is always faster.
const TIMEOUT: Duration = Duration::from_secs(10);

/// By when the whole message is due.
const LIMIT: Duration = Duration::from_millis(100);

/// A message longer than anybody's patience.
const MESSAGE: usize = 1_000_000;

/// How many reads are enough to see that no end comes.
const ENOUGH: usize = 1_000;

/// First without an end, then with one.
pub fn run() -> io::Result<()> {
    line("A time-out of 10 s for each recv");
    drip(Call::Recv, by_time_out)?;
    line("");
    line("A deadline of 100 ms for the whole message");
    drip(Call::Poll, by_deadline)
}

/// How many bytes have come. `GONE` when the reader has had enough.
type Bytes = AtomicUsize;
const GONE: usize = usize::MAX;

// ANCHOR: drip
/// The reader on a thread of its own, and a peer that sends a byte each time
/// the reader has taken the last one and waits again.
fn drip(
    call: Call,
    reader: impl FnOnce(&TcpStream, &Bytes) -> io::Result<()> + Send,
) -> io::Result<()> {
    let (peer, socket) = lesson_tcp::pair()?;
    let (peer, socket) = (TcpStream::from(peer), TcpStream::from(socket));
    let bytes = &Bytes::new(0);
    say("peer", "promises", format_args!("{MESSAGE} bytes, and drips"));
    let reading = || {
        let result = reader(&socket, bytes);
        bytes.store(GONE, Ordering::SeqCst);
        result
    };
    beside(call, reading, |thread| feed(peer, thread, call, bytes))?
}

fn feed(
    mut peer: TcpStream,
    thread: Thread,
    call: Call,
    bytes: &Bytes,
) -> io::Result<()> {
    for sent in 0..MESSAGE {
        let waits = || {
            let taken = bytes.load(Ordering::SeqCst);
            Ok(taken == GONE || taken == sent && thread.is_asleep_in(call)?)
        };
        until(waits, || "the reader doesn't read".into())?;
        if bytes.load(Ordering::SeqCst) == GONE {
            break;
        }
        peer.write_all(b"x")?;
    }
    Ok(())
}
// ANCHOR_END: drip

// ANCHOR: by_time_out
fn by_time_out(mut socket: &TcpStream, bytes: &Bytes) -> io::Result<()> {
    socket.set_read_timeout(Some(TIMEOUT))?;
    for reads in 0..ENOUGH {
        match again(|| socket.read(&mut [0; 64])) {
            Ok(count) => bytes.fetch_add(count, Ordering::SeqCst),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                say("reader", "recv", format_args!("over after {reads} reads"));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
    }
    let bytes = bytes.load(Ordering::SeqCst);
    let what = format!("{ENOUGH} reads, {bytes} bytes: no time-out");
    say("reader", "recv", what);
    let days = MESSAGE as u64 * (TIMEOUT.as_secs() - 1) / (24 * 60 * 60);
    let what = format!("at 9 s for each byte, it would take {days} days");
    say("reader", "reckons", what);
    Ok(())
}
// ANCHOR_END: by_time_out

// ANCHOR: by_deadline
fn by_deadline(socket: &TcpStream, bytes: &Bytes) -> io::Result<()> {
    let deadline = Deadline::after(LIMIT);
    while bytes.load(Ordering::SeqCst) < MESSAGE {
        match read(socket, &mut [0; 64], deadline) {
            Ok(count) => bytes.fetch_add(count, Ordering::SeqCst),
            Err(e) if e.kind() == ErrorKind::TimedOut => {
                say("reader", "recv", explain(&e));
                say("reader", "close", "given up: the message is not complete");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
    }
    say("reader", "recv", "all of it");
    Ok(())
}
// ANCHOR_END: by_deadline
