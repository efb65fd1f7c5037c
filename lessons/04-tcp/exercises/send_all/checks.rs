//! What `send_all` must withstand.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use support::check::{Broken, Log, check, give_up};
use support::peer::{self, Narrow};

use super::exercise::*;

const TEXT: &[u8] = b"to be or not to be";

/// A writer without `write_all`, and a count of its calls.
struct Plain {
    peer: Narrow,
    calls: usize,
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        self.peer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.peer.flush()
    }

    fn write_all(&mut self, _: &[u8]) -> io::Result<()> {
        give_up("write_all: the very function that you are to write")
    }
}

/// Claims what the peer has taken of `TEXT`, and what `send_all` answers.
fn sends(
    log: &Log,
    peer: Narrow,
    taken: &[u8],
    answer: Result<(), ErrorKind>,
) -> Result<(), Broken> {
    let has_taken = peer.taken();
    let mut writer = Plain { peer, calls: 0 };
    let got = send_all(&mut writer, TEXT).map_err(|error| error.kind());
    log.expect(taken.to_vec(), has_taken.lock().unwrap().clone())?;
    log.expect(answer, got)
}

#[test]
fn everything_is_sent_in_one_call_where_there_is_room() {
    check("04", "Sent is not delivered")
        .given("room", "for everything")
        .because(
            "The peer has room for all of it. Give `write` all that is left, \
             and look at what it returns.",
        )
        .run(|log| sends(log, Narrow::new(64), TEXT, Ok(())));
}

#[test]
fn a_short_send_is_continued_behind_what_was_taken() {
    check("04", "A send may be short")
        .given("room", "for 5 bytes, again and again")
        .because(
            "`write` took 5 bytes and said so. The next call must begin \
             behind them: nothing left out, nothing sent twice. Only the \
             number that `write` returns tells where that is.",
        )
        .run(|log| sends(log, Narrow::new(5), TEXT, Ok(())));
}

#[test]
fn single_bytes_add_up() {
    check("04", "A send may be short")
        .given("room", "for 1 byte, again and again")
        .because(
            "A send of a single byte is a success like any other. The loop \
             ends when nothing is left, however many calls that takes.",
        )
        .run(|log| sends(log, Narrow::new(1), TEXT, Ok(())));
}

#[test]
fn an_interrupted_send_is_tried_again() {
    check("04", "A send may be short")
        .given("signals", "interrupt the first two calls (EINTR)")
        .because(
            "EINTR: a signal arrived before anything was taken. Nothing is \
             wrong with the connection and nothing is lost; signal(7) says \
             try again. You gave up instead.",
        )
        .run(|log| sends(log, Narrow::new(5).interrupted(2), TEXT, Ok(())));
}

#[test]
fn a_peer_that_takes_nothing_more_is_an_error() {
    check("04", "A send may be short")
        .given("room", "for 7 bytes, then for none: Ok(0)")
        .because(
            "`write` returned Ok(0): it takes no more, now or later. Eleven \
             bytes were never sent. That is not success, and trying again \
             would never end. The kind for it is `WriteZero`.",
        )
        .run(|log| {
            let peer = Narrow::new(5).full_after(7);
            sends(log, peer, b"to be o", Err(ErrorKind::WriteZero))
        });
}

#[test]
fn an_error_is_returned_as_it_is() {
    check("04", "Broken pipe")
        .because(
            "The connection broke after 7 bytes. The caller must learn that \
             something was not sent, and why: hand on the error that `write` \
             gave you. Part of a message is not a success.",
        )
        .run(|log| {
            use ErrorKind::{
                BrokenPipe, ConnectionReset, TimedOut, WouldBlock,
            };
            for kind in [BrokenPipe, ConnectionReset, TimedOut, WouldBlock] {
                let room = format!("for 7 bytes, then {kind:?}");
                log.afresh().note("room", room, "");
                let peer = Narrow::new(5).failing_after(7, kind);
                sends(log, peer, b"to be o", Err(kind))?;
            }
            Ok(())
        });
}

#[test]
fn an_error_is_returned_at_once() {
    check("04", "Broken pipe")
        .given("error", "the peer has closed: EPIPE at the first call")
        .because(
            "You tried again after an error that no second try can mend. \
             Only an interrupted call (EINTR) is worth repeating.",
        )
        .run(|log| {
            let peer = Narrow::new(5).failing_after(0, ErrorKind::BrokenPipe);
            let mut writer = Plain { peer, calls: 0 };
            // What it answers is another check's claim.
            let _ = send_all(&mut writer, TEXT);
            log.note("expected", "1 call of write", "");
            match writer.calls {
                1 => Ok(()),
                calls => log.broken(format!("{calls} calls of write")),
            }
        });
}

#[test]
fn nothing_is_sent_by_no_call() {
    check("04", "A send may be short")
        .given("bytes", "none")
        .because(
            "There is nothing to send, so the answer is Ok(()), even on a \
             connection that would take nothing more. A `write` of no bytes \
             returns Ok(0), which says nothing about the connection.",
        )
        .run(|log| {
            let peer = Narrow::new(5).full_after(0);
            let mut writer = Plain { peer, calls: 0 };
            let got = send_all(&mut writer, b"").map_err(|e| e.kind());
            log.expect(Ok(()), got)
        });
}

#[test]
fn megabytes_pass_through_a_real_socket() {
    let bytes = TEXT.repeat((8 << 20) / TEXT.len());
    check("04", "A send may be short")
        .given("bytes", format!("{}, through a socket", bytes.len()))
        .because(
            "The send buffer holds a part of it at best. The rest must \
             follow as the reader makes room, complete and in order.",
        )
        .run(move |log| {
            let (mut reader, writer) = peer::connection()?;
            let (full, is_full) = mpsc::channel();
            let reading = thread::spawn(move || {
                let mut got = Vec::new();
                // Begins when the first send was short, or none is left.
                let _ = is_full.recv();
                reader.read_to_end(&mut got).map(|_| got)
            });
            // Now a send may be short: it waits 1 ms for room, not for ever.
            writer.set_write_timeout(Some(Duration::from_millis(1)))?;
            let answer = send_all(&mut Filling { writer, full }, &bytes);
            let got = reading.join().expect("the reader has no bugs")?;
            log.expect(Ok(()), answer.map_err(|error| error.kind()))?;
            if got == bytes {
                return Ok(());
            }
            let right = got.iter().zip(&bytes).take_while(|(a, b)| a == b);
            let right = right.count();
            log.note("expected", format!("{} bytes", bytes.len()), "");
            log.broken(format!("{} bytes, {right} of them right", got.len()))
        });
}

/// A socket that tells its reader when it is full.
struct Filling {
    writer: TcpStream,
    full: Sender<()>,
}

impl Write for Filling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let answer = self.writer.write(bytes);
            if !matches!(answer, Ok(count) if count == bytes.len()) {
                // The reader is gone when it has had enough.
                let _ = self.full.send(());
            }
            match answer {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                answer => return answer,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
