//! What `read_frame` must withstand.

use std::io::{ErrorKind, Read};

use support::check::{Broken, Log, check};
use support::memory;
use support::peer::Pieces;

use super::exercise::*;

type Answer = Result<Option<Vec<u8>>, ErrorKind>;

/// What one call answers; of an error, its kind.
fn read(stream: &mut impl Read, limit: usize) -> Answer {
    read_frame(stream, limit).map_err(|error| error.kind())
}

/// The answer that a whole frame is due.
fn frame(payload: &[u8]) -> Answer {
    Ok(Some(payload.to_vec()))
}

const HELLO: [u8; 9] = *b"\0\0\0\x05hello";

#[test]
fn a_frame_is_read() {
    check("05", "A length")
        .sent(HELLO, "in one piece")
        .because(
            "The first four bytes are the length, the most significant byte \
             first (network byte order): 00 00 00 05 is five. The payload \
             is the five bytes after them, without the length.",
        )
        .expect(frame(b"hello"), || read(&mut Pieces::of([HELLO]), 64));
}

#[test]
fn a_length_uses_all_four_bytes() {
    let mut wire = vec![0, 1, 2, 3];
    wire.resize(4 + 0x010203, b'x');
    check("05", "A length")
        .sent(&wire, "a length of 00 01 02 03")
        .because(
            "00 01 02 03 is 66,051. You read fewer than four bytes of the \
             length, or put them together in another order.",
        )
        .run(move |log| {
            let got = read(&mut Pieces::of([&wire]), 100_000);
            let length = got.map(|payload| payload.map(|bytes| bytes.len()));
            log.expect(Ok(Some(66051)), length)
        });
}

#[test]
fn a_frame_survives_being_split_into_single_bytes() {
    check("05", "One message, many reads")
        .sent(HELLO, "one byte at a time")
        .because(
            "Your reader took one read for one message. A read returns what \
             has arrived so far: between 1 byte and all of it. Only the \
             length tells when the message is whole.",
        )
        .expect(frame(b"hello"), || read(&mut Pieces::single(HELLO), 64));
}

#[test]
fn a_frame_survives_every_cut() {
    check("05", "One message, many reads")
        .because(
            "The network cuts where it likes: inside the length, between \
             length and payload, inside the payload. Each of the two parts \
             needs a loop of reads until it is full; `read_exact` is one.",
        )
        .run(|log| {
            for cut in 1..HELLO.len() {
                let (head, tail) = HELLO.split_at(cut);
                let how = format!("in two pieces, cut after byte {cut}");
                log.afresh().sent(HELLO, &how);
                let mut peer = Pieces::of([head, tail]);
                log.expect(frame(b"hello"), read(&mut peer, 64))?;
            }
            Ok(())
        });
}

#[test]
fn three_frames_in_one_piece_are_three_answers() {
    let wire = b"\0\0\0\x03one\0\0\0\x05three\0\0\0\x03six";
    check("05", "A stream has no messages")
        .sent(wire, "in one piece")
        .because(
            "Three frames arrived glued together. You took more than one \
             frame out of the stream, and what you took too much is gone \
             when your function returns: the next call doesn't find it.",
        )
        .run(move |log| {
            let mut peer = Pieces::of([wire]);
            for (call, payload) in ["one", "three", "six"].iter().enumerate() {
                log.note("call", format!("number {}", call + 1), "");
                let got = read(&mut peer, 64);
                log.expect(frame(payload.as_bytes()), got)?;
            }
            Ok(())
        });
}

#[test]
fn nothing_behind_the_frame_is_taken() {
    check("05", "A length")
        .sent(b"\0\0\0\x02okNEXT", "in one piece")
        .because(
            "What lies behind the frame belongs to whoever reads next. Never \
             ask for more than the frame still lacks, and keep no buffered \
             reader inside the function: what it read ahead dies with it.",
        )
        .run(|log| {
            let mut peer = Pieces::of([b"\0\0\0\x02okNEXT"]);
            log.expect(frame(b"ok"), read(&mut peer, 64))?;
            let mut left = Vec::new();
            peer.read_to_end(&mut left)?;
            log.note("left", "in the stream, for the next reader:", "");
            log.expect(b"NEXT".to_vec(), left)
        });
}

#[test]
fn an_empty_frame_is_a_message() {
    check("05", "A length")
        .sent(b"\0\0\0\0\0\0\0\x02ok", "in one piece, read by two calls")
        .because(
            "A length of 0 is a whole frame whose payload is empty. It is \
             not the end of the stream, and the next frame follows at once.",
        )
        .run(|log| {
            let mut peer = Pieces::of([b"\0\0\0\0\0\0\0\x02ok"]);
            log.expect(frame(b""), read(&mut peer, 64))?;
            log.expect(frame(b"ok"), read(&mut peer, 64))
        });
}

#[test]
fn the_end_before_a_frame_is_none() {
    check("05", "A length")
        .sent(HELLO, "then the end")
        .because(
            "The stream ended between two frames: the peer had said all it \
             wanted. This is how every conversation ends, so it is not an \
             error. `read_exact` can't tell this end from one inside a \
             frame; you can, by looking at the first byte on its own.",
        )
        .run(|log| {
            let mut peer = Pieces::of([HELLO]);
            log.expect(frame(b"hello"), read(&mut peer, 64))?;
            log.expect(Ok(None), read(&mut peer, 64))
        });
}

#[test]
fn the_end_inside_the_length_is_an_error() {
    check("05", "A length")
        .because(
            "One to three bytes of a length are a frame that was cut off. If \
             you answer None here, a connection that broke looks like one \
             that was closed in order, and nobody notices the loss.",
        )
        .run(|log| {
            for kept in 1..4 {
                ends_inside(log, kept)?;
            }
            Ok(())
        });
}

#[test]
fn the_end_inside_the_payload_is_an_error() {
    check("05", "A length")
        .because(
            "The length promised five bytes and fewer came. Half a message \
             must not pass for a message: its receiver would act on it.",
        )
        .run(|log| {
            for kept in 4..HELLO.len() {
                ends_inside(log, kept)?;
            }
            Ok(())
        });
}

/// Claims that a stream which ends after `kept` bytes is an error.
fn ends_inside(log: &Log, kept: usize) -> Result<(), Broken> {
    log.afresh().sent(&HELLO[..kept], "then the end");
    let got = read(&mut Pieces::of([&HELLO[..kept]]), 64);
    log.expect(Err(ErrorKind::UnexpectedEof), got)
}

#[test]
fn a_length_of_the_limit_is_accepted() {
    check("05", "Bounds")
        .sent(HELLO, "and the limit is 5")
        .because(
            "The limit is the greatest payload that is allowed, so 5 of 5 is \
             right. The four bytes of length don't count as payload.",
        )
        .expect(frame(b"hello"), || read(&mut Pieces::of([HELLO]), 5));
}

#[test]
fn a_length_above_the_limit_is_refused() {
    check("05", "Bounds")
        .sent(HELLO, "and the limit is 4")
        .because(
            "Five is more than four. A frame that is too long is refused \
             whole: with part of it, or with what came so far, you would \
             hand on a message that nobody sent.",
        )
        .expect(Err(ErrorKind::InvalidData), || {
            read(&mut Pieces::of([HELLO]), 4)
        });
}

#[test]
fn a_lying_length_costs_no_memory() {
    check("05", "Bounds")
        .because(
            "Four bytes from a stranger asked you for megabytes, and you \
             made room, or waited for the payload, before you looked at the \
             limit. A hundred such clients and the server is out of memory. \
             Compare first, then make room.",
        )
        .run(|log| {
            // The first does no harm to a reader that falls for it. The
            // others would, but come only when the first was refused.
            for lie in [0x0100_0000_u32, 0x8000_0000, u32::MAX] {
                let wire = lie.to_be_bytes();
                log.afresh().sent(wire, "and the limit is 1024; then the end");
                let mut peer = Pieces::of([wire]);
                let got =
                    memory::within(log, 64 * 1024, || read(&mut peer, 1024))?;
                log.expect(Err(ErrorKind::InvalidData), got)?;
            }
            Ok(())
        });
}

#[test]
fn an_interrupted_read_is_tried_again() {
    check("05", "A length")
        .because(
            "EINTR: a signal arrived while you waited. Nothing is lost and \
             nothing is wrong with the connection; signal(7) says try \
             again. `read_exact` does, a `read` of your own must.",
        )
        .run(|log| {
            for cut in 0..HELLO.len() {
                let (head, tail) = HELLO.split_at(cut);
                let how = format!("interrupted before byte {}", cut + 1);
                log.afresh().sent(HELLO, &how);
                let start = if cut == 0 { vec![] } else { vec![head] };
                let mut peer = Pieces::of(start)
                    .then_error(ErrorKind::Interrupted)
                    .then(tail);
                log.expect(frame(b"hello"), read(&mut peer, 64))?;
            }
            Ok(())
        });
}

#[test]
fn a_reset_is_passed_on() {
    check("05", "A length")
        .because(
            "The connection was reset. That is neither an end between two \
             frames nor a frame: hand the error on as it is, so that the \
             caller learns what happened.",
        )
        .run(|log| {
            for kept in 0..HELLO.len() {
                log.afresh().sent(&HELLO[..kept], "then a reset");
                let mut peer = Pieces::of(HELLO[..kept].chunks(1))
                    .then_error(ErrorKind::ConnectionReset);
                let got = read(&mut peer, 64);
                log.expect(Err(ErrorKind::ConnectionReset), got)?;
            }
            Ok(())
        });
}
