//! What `retry`, `readable` and `relay` make of signals, and of errors.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use support::check::{Broken, Log, check, give_up};
use support::peer::{self, Narrow, Pieces};
use support::waiting;

use super::exercise::*;

/// A wait that no check waits for.
const LONG: Duration = Duration::from_secs(60);

/// One that a check waits for.
const SHORT: Duration = Duration::from_millis(100);

/// More than this is no wait of [`SHORT`] any more.
const TOO_LONG: Duration = Duration::from_secs(2);

/// More calls than this are made by who never stops.
const NEVER_STOPS: usize = 20_000;

/// What `retry` makes of a call that answers this, one after the other. The
/// last answer stays. With it, how many calls there were.
fn retried(
    answers: &[Result<usize, ErrorKind>],
) -> (Result<usize, ErrorKind>, usize) {
    let mut calls = 0;
    let got = retry(|| {
        calls += 1;
        if calls > NEVER_STOPS {
            give_up("the call is made again and again, for ever");
        }
        let last = answers.len() - 1;
        answers[last.min(calls - 1)].map_err(io::Error::from)
    });
    (got.map_err(|error| error.kind()), calls)
}

/// A writer that takes `width` bytes at most, and each time is interrupted
/// before it takes any.
struct Jumpy {
    to: Narrow,
    calm: bool,
}

impl Jumpy {
    fn new(width: usize) -> Self {
        Jumpy { to: Narrow::new(width), calm: true }
    }
}

impl Write for Jumpy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calm = !self.calm;
        if self.calm {
            return self.to.write(bytes);
        }
        Err(ErrorKind::Interrupted.into())
    }

    fn write_all(&mut self, _: &[u8]) -> io::Result<()> {
        give_up("Write::write_all: it retries by itself")
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was passed on so far.
type Taken = Arc<Mutex<Vec<u8>>>;

/// Claims what was passed on, and what `relay` answered.
fn passes_on(
    log: &Log,
    mut from: Pieces,
    (mut to, taken): (impl Write, Taken),
    due: (&str, Result<u64, ErrorKind>),
) -> Result<(), Broken> {
    let got = relay(&mut from, &mut to).map_err(|e| e.kind());
    log.note("asked", "what was passed on, and the answer", "");
    let taken = taken.lock().unwrap_or_else(|e| e.into_inner());
    log.expect(due.0.as_bytes(), &taken)?;
    log.expect(due.1, got)
}

/// A writer, and what it has taken.
fn with_taken(to: Narrow) -> (Narrow, Taken) {
    let taken = to.taken();
    (to, taken)
}

#[test]
fn an_interrupted_call_is_made_again() {
    check("10", "Interrupted")
        .because(
            "EINTR: a signal arrived, and the call did nothing. Make it \
             again. How many signals there are isn't for you to say.",
        )
        .run(|log| {
            const EINTR: Result<usize, ErrorKind> = Err(ErrorKind::Interrupted);
            for signals in [1, 3, 10_000] {
                let what = format!("is interrupted {signals} times, then 5");
                log.afresh().note("call", what, "");
                let mut answers = vec![EINTR; signals];
                answers.push(Ok(5));
                let (got, calls) = retried(&answers);
                log.expect(Ok(5), got)?;
                log.note("asked", "how many calls there were", "");
                log.expect(signals + 1, calls)?;
            }
            Ok(())
        });
}

#[test]
fn a_result_is_not_asked_for_again() {
    check("10", "Interrupted")
        .because(
            "The call has succeeded, and has done something. 0 is a result: \
             of a read, it is the end.",
        )
        .run(|log| {
            for result in [0, 5] {
                log.afresh().note("call", format!("gives {result}"), "");
                let (got, calls) = retried(&[Ok(result)]);
                log.expect(Ok(result), got)?;
                log.note("asked", "how many calls there were", "");
                log.expect(1, calls)?;
            }
            Ok(())
        });
}

#[test]
fn any_other_error_is_handed_on_at_once() {
    check("10", "Interrupted")
        .because(
            "Only a signal is a reason to call again. After EAGAIN you would \
             ask in a circle until something comes, with a processor busy; \
             the other errors stay for good.",
        )
        .run(|log| {
            use ErrorKind::{
                BrokenPipe, ConnectionReset, TimedOut, WouldBlock,
            };
            for kind in [WouldBlock, TimedOut, ConnectionReset, BrokenPipe] {
                let what = format!("is interrupted, then fails: {kind:?}");
                log.afresh().note("call", what, "");
                let interrupted = Err(ErrorKind::Interrupted);
                let (got, calls) = retried(&[interrupted, Err(kind)]);
                log.expect(Err(kind), got)?;
                log.note("asked", "how many calls there were", "");
                log.expect(2, calls)?;
            }
            Ok(())
        });
}

#[test]
fn a_read_survives_real_signals() {
    check("10", "Interrupted")
        .given("signals", "3, while a read waits; then the peer sends hello")
        .because(
            "Each signal made the read fail with EINTR. No byte was lost: \
             the one after the last got all that came.",
        )
        .run(|log| {
            let (mut peer, mut stream) = peer::connection()?;
            let send = move || drop(peer.write_all(b"hello").map(|()| peer));
            let mut buffer = [0; 8];
            let read = || retry(|| stream.read(&mut buffer));
            let got = waiting::interrupted(3, send, read)?;
            log.expect(Ok(5), got.map_err(|e| e.kind()))
        });
}

#[test]
fn what_is_there_is_readable() {
    check("10", "Interrupted")
        .because("A byte, or the end, is there: a read wouldn't wait.")
        .run(|log| {
            for wait in [LONG, Duration::ZERO, Duration::MAX] {
                let (mut peer, stream) = peer::connection()?;
                let told = format!("a wait of {wait:?}");
                log.afresh().sent("x", &told);
                peer.write_all(b"x")?;
                let got = readable(&stream, wait).map_err(|e| e.kind());
                log.expect(Ok(true), got)?;

                let (peer, stream) = peer::connection()?;
                log.afresh().note("peer", "finishes", &told);
                peer.shutdown(Shutdown::Write)?;
                let got = readable(&stream, wait).map_err(|e| e.kind());
                log.expect(Ok(true), got)?;
            }
            Ok(())
        });
}

#[test]
fn nothing_comes_within_the_time() {
    check("10", "Interrupted")
        .given("peer", "sends nothing")
        .because(
            "When the time is over and nothing has come, the answer is \
             false: at once for a wait of zero, and not before the time.",
        )
        .run(|log| {
            for wait in [Duration::ZERO, SHORT] {
                let (_peer, stream) = peer::connection()?;
                log.note("call", format!("a wait of {wait:?}"), "");
                let begun = Instant::now();
                let got = readable(&stream, wait).map_err(|e| e.kind());
                in_time(log, wait, begun.elapsed(), got)?;
            }
            Ok(())
        });
}

/// Claims that nothing came, and that it was waited for, so long and no
/// longer.
fn in_time(
    log: &Log,
    wait: Duration,
    took: Duration,
    got: Result<bool, ErrorKind>,
) -> Result<(), Broken> {
    log.expect(Ok(false), got)?;
    // A timer of the kernel's may be a little coarse.
    if took < wait - wait / 10 || took > TOO_LONG {
        return log.broken(format!("that after {took:.0?}"));
    }
    Ok(())
}

#[test]
fn a_signal_does_not_end_the_wait() {
    check("10", "Interrupted")
        .given("signals", "3, while you wait; then the peer sends a byte")
        .because(
            "poll failed with EINTR: that says nothing about the stream. \
             Wait on.",
        )
        .run(|log| {
            let (mut peer, stream) = peer::connection()?;
            let send = move || drop(peer.write_all(b"x").map(|()| peer));
            let wait = || readable(&stream, LONG).map_err(|e| e.kind());
            log.expect(Ok(true), waiting::interrupted(3, send, wait)?)
        });
}

#[test]
fn signals_do_not_prolong_the_wait() {
    check("10", "Interrupted")
        .given("signals", "one after another, and no byte; 100 ms")
        .because(
            "After each signal only the time that is left may be waited \
             for. Wait until a moment, not for a time.",
        )
        .run(|log| {
            let (_peer, stream) = peer::connection()?;
            let (took, got) = waiting::among_signals(SHORT, || {
                let begun = Instant::now();
                let got = readable(&stream, SHORT).map_err(|e| e.kind());
                (begun.elapsed(), got)
            })?;
            in_time(log, SHORT, took, got)
        });
}

#[test]
fn all_bytes_are_passed_on() {
    check("10", "Interrupted")
        .sent("to be or not to be", "in pieces, then the end")
        .because(
            "A write may take less than it is given. Write the rest, before \
             you read again.",
        )
        .run(|log| {
            let from = Pieces::of(["to be ", "or not", " to be"]);
            let due = ("to be or not to be", Ok(18));
            passes_on(log, from, with_taken(Narrow::new(4)), due)
        });
}

#[test]
fn an_interrupted_read_loses_nothing() {
    check("10", "Interrupted")
        .because(
            "The read did nothing but fail. What came before it has been \
             passed on, and what comes next isn't lost.",
        )
        .run(|log| {
            for place in 0..6 {
                let (head, tail) = "hello".split_at(place.min(5));
                let how = format!("2 signals before byte {}", place + 1);
                log.afresh().sent("hello", &how);
                let from = Pieces::single(head)
                    .then_error(ErrorKind::Interrupted)
                    .then_error(ErrorKind::Interrupted)
                    .then(tail);
                let due = ("hello", Ok(5));
                passes_on(log, from, with_taken(Narrow::new(9)), due)?;
            }
            Ok(())
        });
}

#[test]
fn an_interrupted_write_neither_loses_nor_repeats() {
    check("10", "Interrupted")
        .because(
            "Part of what was read is written, and then a signal comes. To \
             do all of it again repeats that part; to read again loses the \
             rest. Go on with the rest.",
        )
        .run(|log| {
            for width in [1, 2, 3] {
                let how = format!("a write takes {width}; signals between");
                log.afresh().sent("helloworld", &how);
                let from = Pieces::of(["hello", "world"]);
                let due = ("helloworld", Ok(10));
                let to = Jumpy::new(width);
                let taken = to.to.taken();
                passes_on(log, from, (to, taken), due)?;
            }
            Ok(())
        });
}

#[test]
fn other_errors_end_it() {
    check("10", "Interrupted")
        .because(
            "A connection has failed, or a non-blocking one has no more for \
             now. What was read before belongs to the other side; then hand \
             on the error.",
        )
        .run(|log| {
            use ErrorKind::{BrokenPipe, ConnectionReset, WouldBlock};
            for kind in [ConnectionReset, WouldBlock] {
                let how = format!("then the read fails: {kind:?}");
                log.afresh().sent("hello", &how);
                let from = Pieces::of(["hello"]).then_error(kind);
                let due = ("hello", Err(kind));
                passes_on(log, from, with_taken(Narrow::new(2)), due)?;
            }
            for kind in [BrokenPipe, WouldBlock] {
                let how = format!("the write fails after 2: {kind:?}");
                log.afresh().sent("hello", &how);
                let to = Narrow::new(2).failing_after(2, kind);
                let from = Pieces::of(["hello"]);
                passes_on(log, from, with_taken(to), ("he", Err(kind)))?;
            }
            Ok(())
        });
}

#[test]
fn who_takes_nothing_takes_no_more() {
    check("10", "Interrupted")
        .sent("hello", "each write takes 0 bytes")
        .because(
            "A write of 0 bytes is no error of the call, and no progress. \
             Who goes on writes for ever.",
        )
        .run(|log| {
            let from = Pieces::of(["hello"]);
            let due = ("", Err(ErrorKind::WriteZero));
            passes_on(log, from, with_taken(Narrow::new(0)), due)
        });
}
