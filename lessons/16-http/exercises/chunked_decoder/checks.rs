//! What `ChunkedDecoder` must withstand.

use support::check::{Broken, Log, Show, Told, check};
use support::memory;

use super::exercise::*;

const ROOM: Limits = Limits { line: 64, body: 4096, trailer: 256 };

/// What comes of these pieces: the body, how many bytes were taken of all,
/// and whether that was the end.
fn decode<P: AsRef<[u8]>>(
    limits: Limits,
    pieces: impl IntoIterator<Item = P>,
) -> Told {
    let mut decoder = ChunkedDecoder::new(limits);
    let mut body = Vec::new();
    let mut taken = 0;
    for piece in pieces {
        match decoder.decode(piece.as_ref(), &mut body) {
            Ok(count) => taken += count,
            Err(status) => return refused(status),
        }
    }
    let end = if decoder.is_done() { "the end" } else { "not the end" };
    Told(format!("{}, {taken} bytes taken, {end}", body.show()))
}

fn ended(body: &[u8], taken: usize) -> Told {
    Told(format!("{}, {taken} bytes taken, the end", body.show()))
}

fn going_on(body: &[u8], taken: usize) -> Told {
    Told(format!("{}, {taken} bytes taken, not the end", body.show()))
}

fn refused(status: u16) -> Told {
    Told(format!("refused: {status}"))
}

/// Notes what is sent, as a Rust literal where it isn't long, and the limits.
fn sent(log: &Log, bytes: &[u8], limits: Limits, how: &str) {
    log.afresh();
    match bytes.len() {
        0..80 => {
            let text = format!("\"{}\"", bytes.escape_ascii());
            log.note("sent", text, how);
        }
        _ => log.sent(bytes, how),
    }
    let Limits { line, body, trailer } = limits;
    let limits = format!("{line} bytes a line, {body} of body, ");
    log.note("limits", limits + &format!("{trailer} of trailer"), "");
}

/// Claims that each of these is refused, whole and in single bytes.
fn all_refused<const N: usize>(
    log: &Log,
    status: u16,
    limits: Limits,
    wires: [&[u8]; N],
) -> Result<(), Broken> {
    for wire in wires {
        sent(log, wire, limits, "in one piece");
        log.expect(refused(status), decode(limits, [wire]))?;
        sent(log, wire, limits, "one byte at a time");
        log.expect(refused(status), decode(limits, wire.chunks(1)))?;
    }
    Ok(())
}

/// Claims that each of these is the whole of a body.
fn all_ended<const N: usize>(
    log: &Log,
    limits: Limits,
    bodies: [(&[u8], &[u8]); N],
) -> Result<(), Broken> {
    for (wire, body) in bodies {
        sent(log, wire, limits, "in one piece");
        log.expect(ended(body, wire.len()), decode(limits, [wire]))?;
        sent(log, wire, limits, "one byte at a time");
        let got = decode(limits, wire.chunks(1));
        log.expect(ended(body, wire.len()), got)?;
    }
    Ok(())
}

const HELLO: &[u8] =
    b"5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\nA: b\r\nC: d\r\n\r\n";

#[test]
fn chunks_are_put_together() {
    let wire = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    check("16", "Chunked")
        .sent(wire, "in one piece")
        .because(
            "Each chunk is a size in hexadecimal, CR LF, so many bytes, CR \
             LF. The one of size 0 is the last, and an empty line ends it \
             all. Sizes and line ends are no part of the body.",
        )
        .expect(ended(b"hello world", wire.len()), move || {
            decode(ROOM, [wire])
        });
}

#[test]
fn a_size_is_hexadecimal_in_either_case() {
    check("16", "Chunked")
        .because(
            "1a is twenty-six, and so is 1A. Zeros may stand in front: 005 \
             is five, and 000 is the last chunk.",
        )
        .run(|log| {
            let letters: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
            all_ended(
                log,
                ROOM,
                [
                    (b"1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", letters),
                    (b"1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", letters),
                    (b"C\r\nhello, world\r\n0\r\n\r\n", b"hello, world"),
                    (b"005\r\nhello\r\n000\r\n\r\n", b"hello"),
                    (
                        b"10\r\n0123456789abcdef\r\n0\r\n\r\n",
                        b"0123456789abcdef",
                    ),
                ],
            )
        });
}

#[test]
fn a_body_may_be_empty() {
    check("16", "Chunked")
        .sent(b"0\r\n\r\n", "in one piece")
        .because("The last chunk may be the first: a body without a byte.")
        .expect(ended(b"", 5), || decode(ROOM, [b"0\r\n\r\n"]));
}

#[test]
fn a_body_survives_being_split_into_single_bytes() {
    check("16", "Pieces and limits")
        .sent(HELLO, "one byte at a time")
        .because(
            "A piece is what one read has brought. Whatever you were in the \
             middle of when it ended, a size, a line end, the data, you are \
             still in the middle of when the next one comes.",
        )
        .expect(ended(b"hello world", HELLO.len()), || {
            decode(ROOM, HELLO.chunks(1))
        });
}

#[test]
fn a_body_survives_every_cut() {
    check("16", "Pieces and limits")
        .because(
            "The network cuts where it likes: between two digits of a size, \
             between CR and LF, inside the data, before the empty line.",
        )
        .run(|log| {
            for cut in 0..=HELLO.len() {
                let (head, tail) = HELLO.split_at(cut);
                let how = format!("in two pieces, cut after byte {cut}");
                log.afresh().sent(HELLO, &how);
                let due = ended(b"hello world", HELLO.len());
                log.expect(due, decode(ROOM, [head, tail]))?;
            }
            Ok(())
        });
}

#[test]
fn data_is_put_out_as_it_comes() {
    check("16", "Pieces and limits")
        .because(
            "A chunk may have a gigabyte. What has come of it can be handed \
             on, so hand it on: nobody has to keep a chunk until it is \
             whole. And what was in `out` before stays there.",
        )
        .run(|log| {
            let mut decoder = ChunkedDecoder::new(ROOM);
            let mut out = b"> ".to_vec();
            for (piece, due) in [
                ("5\r\nhe", "> he"),
                ("", "> he"),
                ("l", "> hel"),
                ("lo\r\n1\r\n", "> hello"),
                ("!\r\n", "> hello!"),
            ] {
                log.sent(piece, "");
                let taken = decoder.decode(piece.as_bytes(), &mut out);
                log.expect(Ok(piece.len()), taken)?;
                log.expect(due.as_bytes().to_vec(), out.clone())?;
            }
            Ok(())
        });
}

#[test]
fn data_may_look_like_anything() {
    let wire = b"c\r\n\r\n0\r\n\r\n5\r\n\xff\0\r\n0\r\n\r\n";
    check("16", "Chunked")
        .sent(wire, "in one piece")
        .because(
            "The size alone says where the data ends. What looks like a \
             line end, a size or the last chunk inside it is data.",
        )
        .run(|log| all_ended(log, ROOM, [(wire, b"\r\n0\r\n\r\n5\r\n\xff\0")]));
}

#[test]
fn nothing_behind_the_end_is_taken() {
    check("16", "Two readings of one message")
        .because(
            "Behind the empty line begins the next request. A byte too many \
             is missing from it, and the connection is out of step from \
             then on. Once the body has ended, decode takes 0 bytes.",
        )
        .run(|log| {
            let wire = b"2\r\nok\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
            log.sent(wire, "in one piece");
            log.expect(ended(b"ok", 12), decode(ROOM, [wire]))?;
            log.note("call", "and the rest is given once more", "");
            let got = decode(ROOM, [&wire[..], &wire[12..]]);
            log.expect(ended(b"ok", 12), got)
        });
}

#[test]
fn nothing_behind_the_trailer_is_taken() {
    check("16", "Two readings of one message")
        .because(
            "The trailer ends with the first empty line, not with the last \
             that has come.",
        )
        .run(|log| {
            let wire = b"0\r\nA: b\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n";
            log.sent(wire, "in one piece");
            log.expect(ended(b"", 11), decode(ROOM, [wire]))
        });
}

#[test]
fn the_last_chunk_alone_is_not_the_end() {
    check("16", "Chunked")
        .because(
            "Behind the last chunk there may be trailer fields, and always \
             an empty line. Whoever stops before it leaves two bytes for \
             the next request to begin with.",
        )
        .run(|log| {
            for wire in ["0\r\n", "0\r\n\r", "0\r\nA: b\r\n", "2\r\nok\r\n"] {
                log.afresh().sent(wire, "so far");
                let body = if wire.starts_with('2') { "ok" } else { "" };
                let due = going_on(body.as_bytes(), wire.len());
                log.expect(due, decode(ROOM, [wire]))?;
            }
            Ok(())
        });
}

#[test]
fn an_extension_is_passed_over() {
    check("16", "Chunked")
        .because(
            "\"A recipient MUST ignore unrecognized chunk extensions\" (RFC \
             9112, section 7.1.1). They begin with ; and end with the line. \
             The last chunk may have one too.",
        )
        .run(|log| {
            all_ended(
                log,
                ROOM,
                [
                    (b"2;a=b\r\nok\r\n0;c\r\n\r\n", b"ok"),
                    (b"2;a=\"b; c\"\t;d\r\nok\r\n0\r\n\r\n", b"ok"),
                    (b"2;5\r\nok\r\n0;1\r\n\r\n", b"ok"),
                    (b"2;caf\xc3\xa9\r\nok\r\n0\r\n\r\n", b"ok"),
                ],
            )
        });
}

#[test]
fn a_trailer_is_passed_over() {
    check("16", "Chunked")
        .because(
            "Behind the last chunk may stand fields. Nobody here needs \
             them, and none of them is data, however it looks.",
        )
        .run(|log| {
            all_ended(
                log,
                ROOM,
                [
                    (b"0\r\nExpires: 0\r\n\r\n", b""),
                    (
                        b"2\r\nok\r\n0\r\nA: b\r\nContent-Length: 5\r\n\r\n",
                        b"ok",
                    ),
                    (b"0\r\nA:\tb\xe9\r\n\r\n", b""),
                ],
            )
        });
}

#[test]
fn a_size_is_nothing_but_digits() {
    check("16", "Two readings of one message")
        .because(
            "chunk-size = 1*HEXDIG (RFC 9112, section 7.1). A parser of \
             numbers takes a sign or a prefix too, a lenient one skips \
             white space. Where two servers read two sizes, one of them \
             takes the other's data for a request.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                ROOM,
                [
                    b"+5\r\nhello\r\n0\r\n\r\n",
                    b"-5\r\nhello\r\n0\r\n\r\n",
                    b"0x5\r\nhello\r\n0\r\n\r\n",
                    b" 5\r\nhello\r\n0\r\n\r\n",
                    b"5 \r\nhello\r\n0\r\n\r\n",
                    b"5\t\r\nhello\r\n0\r\n\r\n",
                    b"5_0\r\nhello\r\n0\r\n\r\n",
                    b"g\r\nhello\r\n0\r\n\r\n",
                    b"\r\nhello\r\n0\r\n\r\n",
                    b";a=b\r\nhello\r\n0\r\n\r\n",
                ],
            )
        });
}

#[test]
fn a_size_ends_with_cr_lf() {
    check("16", "Two readings of one message")
        .because(
            "LF alone in the line of a chunk's size is how requests have \
             been smuggled: one server ends the extension there, \
             another goes on to the CR LF. Neither LF nor CR alone ends \
             the line, nor stands in it.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                ROOM,
                [
                    b"5\nhello\r\n0\r\n\r\n",
                    b"5;a\nhello\r\n0\r\n\r\n",
                    b"5\rhello\r\n0\r\n\r\n",
                    b"5;a\rb\r\nhello\r\n0\r\n\r\n",
                    b"5\r\r\nhello\r\n0\r\n\r\n",
                    b"5;a\0\r\nhello\r\n0\r\n\r\n",
                ],
            )
        });
}

#[test]
fn data_ends_with_cr_lf() {
    check("16", "Two readings of one message")
        .because(
            "Behind the data stand CR and LF, and not any two bytes. If \
             others stand there, the size was wrong, and you can't know \
             where you are.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                ROOM,
                [
                    b"5\r\nhelloXX0\r\n\r\n",
                    b"5\r\nhello\n0\r\n\r\n",
                    b"5\r\nhello\r0\r\n\r\n",
                    b"4\r\nhello\r\n0\r\n\r\n",
                    b"5\r\nhello0\r\n\r\n",
                    b"5\r\nhello\n\r0\r\n\r\n",
                ],
            )
        });
}

#[test]
fn a_trailer_line_ends_with_cr_lf() {
    check("16", "Two readings of one message")
        .because(
            "The empty line at the end is CR LF as well. With LF alone for \
             an ending, two servers see the end in two places.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                ROOM,
                [
                    b"0\r\n\n",
                    b"0\r\nA: b\n\r\n",
                    b"0\r\nA: b\r\r\n\r\n",
                    b"0\r\n\r\r\n",
                    b"0\r\nA: b\0\r\n\r\n",
                ],
            )
        });
}

#[test]
fn a_line_of_the_limit_is_accepted() {
    let limits = Limits { line: 8, body: 5, trailer: 8 };
    check("16", "Pieces and limits")
        .because(
            "What reaches a limit keeps it. CR LF counts, and each line of \
             a size has all the room again.",
        )
        .run(move |log| {
            all_ended(
                log,
                limits,
                [
                    (b"5;abcd\r\nhello\r\n0;abcd\r\nA: b\r\n\r\n", b"hello"),
                    (b"000001\r\na\r\n000001\r\nb\r\n0\r\n\r\n", b"ab"),
                ],
            )
        });
}

#[test]
fn a_longer_line_is_400_before_it_ends() {
    let limits = Limits { line: 8, ..ROOM };
    check("16", "Pieces and limits")
        .because(
            "An extension may go on for ever, and so may zeros in front of \
             a size. Nothing of it is kept, but a client that sends a \
             megabyte of it for each byte of data keeps you busy for \
             nothing.",
        )
        .run(move |log| {
            all_refused(
                log,
                400,
                limits,
                [
                    b"5;abcde\r\nhello\r\n0\r\n\r\n",
                    b"2\r\nok\r\n0;abcde\r\n\r\n",
                    b"0000005\r\nhello\r\n0\r\n\r\n",
                    b"5;abcdefg",
                    b"000000000",
                ],
            )
        });
}

#[test]
fn a_body_of_the_limit_is_accepted() {
    let limits = Limits { body: 10, ..ROOM };
    check("16", "Pieces and limits")
        .because(
            "The limit is about the data of all chunks: sizes, line ends \
             and extensions don't count.",
        )
        .run(move |log| {
            all_ended(
                log,
                limits,
                [
                    (b"a\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
                    (
                        b"5;aaaa\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n",
                        b"0123456789",
                    ),
                ],
            )
        });
}

#[test]
fn a_larger_body_is_413_at_its_size() {
    let limits = Limits { body: 10, ..ROOM };
    check("16", "Pieces and limits")
        .because(
            "The size says that more will come than is allowed. None of it \
             has to be read first. The chunks count together: many small \
             ones are a large body.",
        )
        .run(move |log| {
            all_refused(
                log,
                413,
                limits,
                [
                    b"b",
                    b"b\r\n0123456789a\r\n0\r\n\r\n",
                    b"6\r\n012345\r\n5\r\n6789a\r\n0\r\n\r\n",
                    b"a\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n",
                    b"7fffffff",
                ],
            )
        });
}

#[test]
fn a_size_that_fits_nowhere_is_413() {
    check("16", "Two readings of one message")
        .because(
            "17 digits are more than a u64 holds. A sum that wraps around \
             makes a small size of a large one: 10000000000000005 becomes \
             5: \"recipients MUST anticipate potentially large hexadecimal \
             numerals\" (RFC 9112, section 7.1).",
        )
        .run(|log| {
            let any = Limits { body: u64::MAX, ..ROOM };
            all_refused(
                log,
                413,
                any,
                [
                    b"10000000000000005\r\nhello\r\n0\r\n\r\n",
                    b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                    b"1\r\na\r\nffffffffffffffff\r\nb",
                ],
            )
        });
}

#[test]
fn a_longer_trailer_is_431() {
    let limits = Limits { trailer: 12, ..ROOM };
    check("16", "Pieces and limits")
        .because(
            "The limit is about the whole trailer, so that many short lines \
             don't pass where one long line doesn't. It is refused before \
             it ends: it may never end.",
        )
        .run(move |log| {
            all_ended(log, limits, [(b"0\r\nA: 45678\r\n\r\n", b"")])?;
            all_refused(
                log,
                431,
                limits,
                [
                    b"0\r\nA: 456789\r\n\r\n",
                    b"0\r\nA: 4567890123",
                    b"0\r\nA:1\r\nB:2\r\nC:3\r\n\r\n",
                ],
            )
        });
}

#[test]
fn a_refusal_is_final() {
    check("16", "Pieces and limits")
        .because(
            "After a refusal nobody knows where in the stream he is. What \
             comes next may look like a chunk; it isn't one.",
        )
        .run(|log| {
            for (wire, status) in [("x", 400), ("fffff", 413)] {
                log.afresh()
                    .sent(wire, "then \"2\\r\\nok\\r\\n0\\r\\n\\r\\n\"");
                let mut decoder = ChunkedDecoder::new(ROOM);
                let mut out = Vec::new();
                let got = decoder.decode(wire.as_bytes(), &mut out);
                log.expect(Err(status), got.map(|_| ()))?;
                for _ in 0..2 {
                    let got = decoder.decode(b"2\r\nok\r\n0\r\n\r\n", &mut out);
                    log.expect(Err(status), got.map(|_| ()))?;
                }
                log.expect((false, Vec::new()), (decoder.is_done(), out))?;
            }
            Ok(())
        });
}

#[test]
fn a_decoder_keeps_nothing() {
    check("16", "Pieces and limits")
        .given("sent", "a chunk of 16 MiB, in pieces of 4 KiB")
        .because(
            "The data goes out as it comes, and everything else is passed \
             over. There is nothing to keep but where you are.",
        )
        .run(|log| memory::within(log, 64 * 1024, || large(log))?);
}

/// A large chunk, whose data the caller throws away as it comes.
fn large(log: &Log) -> Result<(), Broken> {
    let limits = Limits { body: 1 << 24, ..ROOM };
    let mut decoder = ChunkedDecoder::new(limits);
    let mut out = Vec::with_capacity(8192);
    let none = decoder.decode(b"1000000\r\n", &mut out);
    log.expect(Ok(9), none)?;
    for _ in 0..4096 {
        out.clear();
        let taken = decoder.decode(&[b'x'; 4096], &mut out);
        log.expect((Ok(4096), 4096), (taken, out.len()))?;
    }
    Ok(())
}
