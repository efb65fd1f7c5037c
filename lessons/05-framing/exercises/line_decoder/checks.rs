//! What `LineDecoder` must withstand.

use support::check::{Broken, Log, check};
use support::memory;

use super::exercise::*;

/// Takes all complete lines; a hundred at most, should they never end.
fn take_all(decoder: &mut LineDecoder) -> Vec<Vec<u8>> {
    let next = || decoder.next_line().ok().flatten();
    std::iter::from_fn(next).take(100).collect()
}

/// The lines that come of these pieces, taken after each push.
fn decode<P: AsRef<[u8]>>(
    limit: usize,
    pieces: impl IntoIterator<Item = P>,
) -> Vec<Vec<u8>> {
    let mut decoder = LineDecoder::new(limit);
    let mut lines = Vec::new();
    for piece in pieces {
        decoder.push(piece.as_ref());
        lines.extend(take_all(&mut decoder));
    }
    lines
}

fn lines<const N: usize>(lines: [&str; N]) -> Vec<Vec<u8>> {
    lines.map(|line| line.as_bytes().to_vec()).to_vec()
}

fn line(line: &[u8]) -> Result<Option<Vec<u8>>, TooLong> {
    Ok(Some(line.to_vec()))
}

#[test]
fn a_line_is_given_without_its_ending() {
    check("05", "A delimiter")
        .sent(b"one\r\ntwo\n", "in two pieces, a line each")
        .because(
            "Both endings are in use: CR LF in the protocols of the \
             Internet, LF alone on Unix. Accept both, and give the line \
             without either.",
        )
        .expect(lines(["one", "two"]), || decode(64, ["one\r\n", "two\n"]));
}

#[test]
fn half_a_line_is_not_a_line_yet() {
    check("05", "Not enough yet")
        .because(
            "Until the LF comes, the line may go on: that is no error and no \
             line. Answer None and keep the bytes. When the LF comes, the \
             line is all that came since the last ending, and not the \
             newest piece alone.",
        )
        .run(|log| {
            let mut decoder = LineDecoder::new(64);
            log.expect(Ok(None), decoder.next_line())?;
            log.sent(b"hel", "");
            decoder.push(b"hel");
            log.expect(Ok(None), decoder.next_line())?;
            log.sent(b"lo\n", "");
            decoder.push(b"lo\n");
            log.expect(line(b"hello"), decoder.next_line())?;
            log.expect(Ok(None), decoder.next_line())
        });
}

#[test]
fn a_cr_and_its_lf_may_come_apart() {
    check("05", "A delimiter")
        .because(
            "The CR came at the end of one piece and the LF at the start of \
             the next. Together they are one ending. Look at the bytes \
             before the LF once the LF is there, not while pushing.",
        )
        .run(|log| {
            let mut decoder = LineDecoder::new(64);
            log.sent(b"hello\r", "");
            decoder.push(b"hello\r");
            log.expect(Ok(None), decoder.next_line())?;
            log.sent(b"\n", "");
            decoder.push(b"\n");
            log.expect(line(b"hello"), decoder.next_line())
        });
}

#[test]
fn lines_survive_being_split_into_single_bytes() {
    let wire = b"one\r\ntwo\nthree\r\n";
    check("05", "One message, many reads")
        .sent(wire, "one byte at a time")
        .because(
            "A push is what one read has brought, and that can be a single \
             byte. The line has to be put together from all pieces since \
             the last ending.",
        )
        .expect(lines(["one", "two", "three"]), || decode(64, wire.chunks(1)));
}

#[test]
fn many_lines_in_one_piece_are_given_one_by_one() {
    check("05", "A stream has no messages")
        .sent(b"one\ntwo\nthree\nfo", "in one piece, then \"ur\\n\"")
        .because(
            "Several lines came glued together. Each call gives one of \
             them; what lies behind it is kept for the next calls, the \
             start of an unfinished line too.",
        )
        .run(|log| {
            let mut decoder = LineDecoder::new(64);
            decoder.push(b"one\ntwo\nthree\nfo");
            for due in ["one", "two", "three"] {
                log.expect(line(due.as_bytes()), decoder.next_line())?;
            }
            log.expect(Ok(None), decoder.next_line())?;
            decoder.push(b"ur\n");
            log.expect(line(b"four"), decoder.next_line())
        });
}

#[test]
fn lines_survive_every_cut() {
    check("05", "One message, many reads")
        .because(
            "The network cuts where it likes: inside a line, before its \
             ending, between CR and LF. The same lines must come out.",
        )
        .run(|log| {
            let wire = b"one\r\ntwo\nthree\r\n";
            for cut in 1..wire.len() {
                let (head, tail) = wire.split_at(cut);
                let how = format!("in two pieces, cut after byte {cut}");
                log.afresh().sent(wire, &how);
                let got = decode(64, [head, tail]);
                log.expect(lines(["one", "two", "three"]), got)?;
            }
            Ok(())
        });
}

#[test]
fn pieces_may_be_pushed_before_lines_are_taken() {
    check("05", "Not enough yet")
        .sent(b"one\ntwo\nthree\n", "in three pieces, and only then asked")
        .because(
            "Nobody promised to take every line between two pushes. A push \
             adds to what is kept; it never replaces it.",
        )
        .run(|log| {
            let mut decoder = LineDecoder::new(64);
            for piece in ["one\ntw", "o\nthr", "ee\n"] {
                decoder.push(piece.as_bytes());
            }
            let due = lines(["one", "two", "three"]);
            log.expect(due, take_all(&mut decoder))
        });
}

#[test]
fn an_empty_line_is_a_line() {
    check("05", "A delimiter")
        .sent(b"\n\r\nend\n", "in one piece")
        .because(
            "An ending with nothing before it is an empty line. Protocols \
             give it a meaning: in HTTP it ends the headers. None means \
             that no ending has come, and nothing else.",
        )
        .expect(lines(["", "", "end"]), || decode(64, [b"\n\r\nend\n"]));
}

#[test]
fn bytes_inside_a_line_stay_as_they_are() {
    check("05", "A delimiter")
        .because(
            "Only the ending is removed: one LF and, if there is one, the \
             CR before it. Other CRs, spaces and tabs belong to the line; \
             trimming takes away what the peer meant.",
        )
        .run(|log| {
            for text in ["a\rb", "a\r", "\r", " a\t ", "\t"] {
                let wire = format!("{text}\r\n");
                log.afresh().sent(&wire, "in one piece");
                log.expect(lines([text]), decode(64, [&wire]))?;
            }
            Ok(())
        });
}

#[test]
fn bytes_that_are_not_utf8_pass_unchanged() {
    check("05", "A delimiter")
        .because(
            "The decoder cuts bytes; whether they are text is for others to \
             say. And a character of several bytes may come in two pieces: \
             half of it is not UTF-8, though the whole is. Where you find \
             ef bf bd, the replacement character, what was sent is lost.",
        )
        .run(|log| {
            for pieces in [[&b"\xff\xfe"[..], b"\n"], [b"caf\xc3", b"\xa9\n"]] {
                let wire = pieces.concat();
                log.afresh().sent(&wire, "in two pieces");
                let due = vec![wire[..wire.len() - 1].to_vec()];
                log.expect(due, decode(64, pieces))?;
            }
            Ok(())
        });
}

#[test]
fn a_line_of_the_limit_is_accepted() {
    check("05", "Bounds")
        .because(
            "The limit is the longest line that is allowed, its ending not \
             counted. Five bytes and a limit of 5 are right, with LF and \
             with CR LF, however the bytes come.",
        )
        .run(|log| {
            for wire in ["hello\n", "hello\r\n"] {
                log.afresh().sent(wire, "in one piece, and the limit is 5");
                log.expect(lines(["hello"]), decode(5, [wire]))?;
                log.afresh().sent(wire, "byte by byte, and the limit is 5");
                let got = decode(5, wire.as_bytes().chunks(1));
                log.expect(lines(["hello"]), got)?;
            }
            Ok(())
        });
}

#[test]
fn the_limit_is_for_each_line() {
    check("05", "Bounds")
        .sent(b"one\ntwo\nthree\n", "in one piece, and the limit is 5")
        .because(
            "Fourteen bytes are waiting, but no line has more than five. \
             The limit is about one line, not about what one read brought.",
        )
        .expect(lines(["one", "two", "three"]), || {
            decode(5, [b"one\ntwo\nthree\n"])
        });
}

#[test]
fn a_line_above_the_limit_is_refused() {
    check("05", "Bounds")
        .because(
            "Six bytes are more than five. The line is refused even though \
             it has come whole, so that one and the same line is not \
             accepted or refused by how the network cut it.",
        )
        .run(|log| {
            for wire in ["hello!\n", "hello!\r\n"] {
                log.afresh().sent(wire, "in one piece, and the limit is 5");
                let mut decoder = LineDecoder::new(5);
                decoder.push(wire.as_bytes());
                log.expect(Err(TooLong), decoder.next_line())?;
            }
            Ok(())
        });
}

#[test]
fn a_line_too_long_is_refused_before_its_end() {
    check("05", "Bounds")
        .sent(b"hello!", "no ending yet, and the limit is 5")
        .because(
            "The line has six bytes already; no ending can make it shorter. \
             You waited for the ending. It may never come, and meanwhile the \
             bytes fill the memory.",
        )
        .expect(Err(TooLong), || {
            let mut decoder = LineDecoder::new(5);
            decoder.push(b"hello!");
            decoder.next_line()
        });
}

#[test]
fn a_cr_at_the_limit_is_waited_for() {
    check("05", "Bounds")
        .because(
            "After five bytes comes a CR. If an LF follows, it was the \
             ending of a line of five bytes; if anything else follows, it \
             was the sixth byte. Only the next byte tells.",
        )
        .run(|log| {
            log.sent(b"hello\r", "and the limit is 5");
            let mut decoder = LineDecoder::new(5);
            decoder.push(b"hello\r");
            log.expect(Ok(None), decoder.next_line())?;
            log.sent(b"x", "and no LF");
            decoder.push(b"x");
            log.expect(Err(TooLong), decoder.next_line())
        });
}

#[test]
fn lines_before_a_line_too_long_are_given_first() {
    check("05", "Bounds")
        .sent(b"one\ntwo\nfar too long\n", "and the limit is 5")
        .because(
            "The two lines in front were right, and the peer has been told \
             nothing yet: they count. The refusal comes in its turn.",
        )
        .run(|log| {
            let mut decoder = LineDecoder::new(5);
            decoder.push(b"one\ntwo\nfar too long\n");
            log.expect(line(b"one"), decoder.next_line())?;
            log.expect(line(b"two"), decoder.next_line())?;
            log.expect(Err(TooLong), decoder.next_line())
        });
}

#[test]
fn a_refusal_is_final() {
    check("05", "Bounds")
        .because(
            "After a refusal you don't know where you are in the stream. \
             Whoever goes on takes the tail of the refused line, or what \
             the attacker put behind it, for a command.",
        )
        .run(|log| {
            log.sent(b"far too long", "and the limit is 5");
            let mut decoder = LineDecoder::new(5);
            decoder.push(b"far too long");
            log.expect(Err(TooLong), decoder.next_line())?;
            log.expect(Err(TooLong), decoder.next_line())?;
            log.sent(b"\nquit\n", "afterwards");
            decoder.push(b"\nquit\n");
            log.expect(Err(TooLong), decoder.next_line())
        });
}

#[test]
fn a_line_that_never_ends_costs_no_memory() {
    check("05", "Bounds")
        .given("sent", "4096 times x, again and again; the limit is 1024")
        .because(
            "Somebody sends a line that never ends. What you keep of it \
             must stay near the limit, and after the refusal there is \
             nothing to keep at all.",
        )
        .run(|log| memory::within(log, 64 * 1024, || endless(log))?);
}

/// A megabyte and more without an ending.
fn endless(log: &Log) -> Result<(), Broken> {
    let mut decoder = LineDecoder::new(1024);
    for _ in 0..300 {
        decoder.push(&[b'x'; 4096]);
        log.expect(Err(TooLong), decoder.next_line())?;
    }
    Ok(())
}
