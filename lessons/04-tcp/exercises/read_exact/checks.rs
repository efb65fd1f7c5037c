//! What `read_exact` must withstand.

use std::io::{self, ErrorKind, Read, Write};
use std::thread;

use support::check::{Broken, Log, check, give_up};
use support::peer::{self, Pieces};

use super::exercise::*;

/// A reader without `read_exact`.
struct Plain<R>(R);

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    fn read_exact(&mut self, _: &mut [u8]) -> io::Result<()> {
        give_up("Read::read_exact: it can't tell the two ends apart")
    }
}

/// What stands in a buffer before anything has come.
const EMPTY: u8 = b'.';

/// Claims that as many bytes as are expected are read, and are these.
fn reads(
    log: &Log,
    peer: &mut impl Read,
    expected: &[u8],
) -> Result<(), Broken> {
    let mut buffer = vec![EMPTY; expected.len()];
    let got = read_exact(&mut Plain(peer), &mut buffer);
    log.expect(Ok(true), got.map_err(|error| error.kind()))?;
    log.expect(expected.to_vec(), buffer)
}

/// Claims what is answered to a caller who wants 5 bytes.
fn answers(
    log: &Log,
    peer: &mut impl Read,
    expected: Result<bool, ErrorKind>,
) -> Result<(), Broken> {
    let got = read_exact(&mut Plain(peer), &mut [EMPTY; 5]);
    log.expect(expected, got.map_err(|error| error.kind()))
}

#[test]
fn what_comes_in_one_piece_is_read() {
    check("04", "A read returns what has arrived")
        .sent("hello", "in one piece; 5 bytes are wanted")
        .because(
            "All five bytes came with the first read. The buffer is full, \
             and the answer is Ok(true).",
        )
        .run(|log| reads(log, &mut Pieces::of(["hello"]), b"hello"));
}

#[test]
fn single_bytes_fill_the_buffer_in_order() {
    check("04", "A read returns what has arrived")
        .sent("hello", "one byte at a time; 5 bytes are wanted")
        .because(
            "A read returns what has arrived: here, one byte. Read again \
             until the buffer is full, and let each read write behind the \
             one before: `&mut buffer[filled..]`.",
        )
        .run(|log| reads(log, &mut Pieces::single("hello"), b"hello"));
}

#[test]
fn every_cut_gives_the_same_bytes() {
    check("04", "A read returns what has arrived")
        .because(
            "The network cuts a stream where it likes. Add up what the \
             reads return; their number says nothing.",
        )
        .run(|log| {
            for cut in 1..5 {
                let (head, tail) = "hello".split_at(cut);
                let how = format!("in two pieces, cut after byte {cut}");
                log.afresh().sent("hello", &how);
                reads(log, &mut Pieces::of([head, tail]), b"hello")?;
            }
            Ok(())
        });
}

#[test]
fn nothing_behind_the_buffer_is_taken() {
    check("04", "A read returns what has arrived")
        .sent("onetwothree", "in one piece, for three calls")
        .because(
            "More had arrived than you were asked for. What you take too \
             much is lost to the next call: a reader with a buffer of its \
             own (BufReader) takes all there is, and drops the rest when \
             your function returns.",
        )
        .run(|log| {
            let mut peer = Pieces::of(["onetwothree"]);
            for text in ["one", "two", "three"] {
                log.note("call", format!("for {} bytes", text.len()), "");
                reads(log, &mut peer, text.as_bytes())?;
            }
            Ok(())
        });
}

#[test]
fn the_end_before_the_first_byte_is_in_order() {
    check("04", "Zero bytes is the end")
        .sent("hello", "then the end; 5 bytes are wanted, twice")
        .because(
            "The peer sent a whole message and finished. The second call \
             finds the end before any byte: that is how every conversation \
             ends, and no error.",
        )
        .run(|log| {
            let mut peer = Pieces::of(["hello"]);
            answers(log, &mut peer, Ok(true))?;
            answers(log, &mut peer, Ok(false))
        });
}

#[test]
fn the_end_in_the_middle_is_an_error() {
    check("04", "Zero bytes is the end")
        .because(
            "Some of the bytes came, then the end. What is missing will \
             never come, so this is neither a full buffer nor an orderly \
             end: the message was cut off.",
        )
        .run(|log| {
            for kept in 1..5 {
                log.afresh().sent(&"hello"[..kept], "then the end");
                let mut peer = Pieces::single(&"hello"[..kept]);
                answers(log, &mut peer, Err(ErrorKind::UnexpectedEof))?;
            }
            Ok(())
        });
}

#[test]
fn an_interrupted_read_is_tried_again() {
    check("04", "A read returns what has arrived")
        .because(
            "EINTR: a signal arrived while you waited. No byte is lost, and \
             the stream has not ended; signal(7) says try again.",
        )
        .run(|log| {
            for place in 0..5 {
                let (head, tail) = "hello".split_at(place);
                let how = format!("a signal before byte {}", place + 1);
                log.afresh().sent("hello", &how);
                let mut peer = Pieces::single(head)
                    .then_error(ErrorKind::Interrupted)
                    .then_error(ErrorKind::Interrupted)
                    .then(tail);
                reads(log, &mut peer, b"hello")?;
            }
            Ok(())
        });
}

#[test]
fn an_error_is_returned_as_it_is() {
    check("04", "Reset")
        .because(
            "The connection failed. That is no end of the stream, whether \
             bytes had come before or not: hand on the error, so that the \
             caller learns what happened.",
        )
        .run(|log| {
            use ErrorKind::{ConnectionReset, TimedOut, WouldBlock};
            for kind in [ConnectionReset, TimedOut, WouldBlock] {
                for kept in [0, 3] {
                    let how = format!("then {kind:?}");
                    log.afresh().sent(&"hello"[..kept], &how);
                    let mut peer = Pieces::single(&"hello"[..kept])
                        .then_error(kind)
                        .then("lo");
                    answers(log, &mut peer, Err(kind))?;
                }
            }
            Ok(())
        });
}

#[test]
fn an_empty_buffer_is_full_without_a_read() {
    check("04", "Zero bytes is the end")
        .given("wanted", "no bytes")
        .because(
            "Nothing is missing from an empty buffer. A read into it returns \
             0, which would look like the end; on a socket it might wait \
             for a byte that nobody wants.",
        )
        .run(|log| {
            let mut peer = Pieces::of(["hello"]);
            let reads = peer.reads();
            let got = read_exact(&mut Plain(&mut peer), &mut []);
            log.expect(Ok(true), got.map_err(|error| error.kind()))?;
            log.note("expected", "no read", "");
            match *reads.lock().unwrap() {
                0 => Ok(()),
                count => log.broken(format!("{count} reads")),
            }
        });
}

#[test]
fn a_megabyte_is_read_from_a_real_socket() {
    let bytes = b"to be or not to be".repeat(60_000);
    check("04", "A read returns what has arrived")
        .sent(&bytes, "through a socket")
        .because(
            "No read returns a megabyte: the receive buffer holds less. Go \
             on until your own buffer is full.",
        )
        .run(move |log| {
            let (mut sender, mut receiver) = peer::connection()?;
            let payload = bytes.clone();
            thread::spawn(move || {
                // What goes wrong here is seen by the one who reads.
                let _ = sender.write_all(&payload);
            });
            reads(log, &mut receiver, &bytes)
        });
}
