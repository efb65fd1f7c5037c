//! What `fields` and `body` must withstand.

use support::check::{Broken, Log, Show, Told, check};

use super::exercise::*;

const ROOM: Limits = Limits { fields: 16, bytes: 4096 };

/// What one call of `fields` answers, in words.
fn read(bytes: &[u8], limits: Limits) -> Told {
    match fields(bytes, limits) {
        Ok(Some((list, length))) => {
            let pairs = list.iter().map(|field| (field.name, field.value));
            due(&pairs.collect::<Vec<_>>(), length)
        }
        Ok(None) => not_yet(),
        Err(status) => refused(status),
    }
}

/// The answer with these names and values, in words.
fn due(list: &[(&str, &[u8])], length: usize) -> Told {
    let line = |(name, value): &(&str, &[u8])| {
        format!("{name}: {}\n{:10}", value.show(), "")
    };
    let lines: String = list.iter().map(line).collect();
    Told(format!("{lines}{length} bytes"))
}

fn refused(status: u16) -> Told {
    Told(format!("refused: {status}"))
}

fn not_yet() -> Told {
    Told("not whole yet".to_string())
}

/// Notes what is sent as a Rust literal, where it isn't long: a tab or a NUL
/// in a line of text is then still seen.
fn sent(log: &Log, bytes: &[u8], how: &str) {
    match bytes.len() {
        0..80 => {
            let text = format!("\"{}\"", bytes.escape_ascii());
            log.afresh().note("sent", text, how);
        }
        _ => log.afresh().sent(bytes, how),
    }
}

/// Claims that each of these is refused as malformed.
fn all_refused<const N: usize>(
    log: &Log,
    lines: [&[u8]; N],
) -> Result<(), Broken> {
    for line in lines {
        sent(log, line, "");
        log.expect(refused(400), read(line, ROOM))?;
    }
    Ok(())
}

const TWO: &[u8] = b"Host: a.org\r\nAccept: text/html\r\n\r\n";

/// Claims what `body` says to each of these lists of names and values.
fn all_framed<const N: usize>(
    log: &Log,
    due: Result<Body, u16>,
    lists: [&[(&str, &str)]; N],
) -> Result<(), Broken> {
    let told = |answer: Result<Body, u16>| match answer {
        Ok(body) => Told(format!("{body:?}")),
        Err(status) => refused(status),
    };
    for list in lists {
        log.afresh();
        let mut fields = Vec::new();
        for (name, value) in list {
            log.note("field", format!("{name}: {value:?}"), "");
            fields.push(Field { name, value: value.as_bytes() });
        }
        log.expect(told(due), told(body(&fields)))?;
    }
    Ok(())
}

const CL: &str = "Content-Length";
const TE: &str = "Transfer-Encoding";

#[test]
fn a_field_is_a_name_a_colon_and_a_value() {
    check("16", "A request, byte by byte")
        .sent(TWO, "")
        .because(
            "Each line is a field: the name before the first colon, the \
             value behind it. The empty line ends them, and its CR LF is \
             the last of the bytes that were taken.",
        )
        .expect(
            due(&[("Host", b"a.org"), ("Accept", b"text/html")], 34),
            || read(TWO, ROOM),
        );
}

#[test]
fn no_field_at_all_is_an_empty_list() {
    check("16", "A request, byte by byte")
        .sent(b"\r\n", "")
        .because(
            "HTTP/1.0 asks for no field. The empty line alone is the end of \
             none. That version 1.1 needs a Host is for the caller to say.",
        )
        .expect(due(&[], 2), || read(b"\r\n", ROOM));
}

#[test]
fn what_follows_the_empty_line_is_left() {
    let wire = b"A: 1\r\n\r\nB: 2\r\n\r\nGET / HTTP/1.1\r\n";
    check("16", "Pieces and limits")
        .sent(wire, "in one piece")
        .because(
            "Behind the first empty line is the body, whatever it looks \
             like, or the next request.",
        )
        .expect(due(&[("A", b"1")], 8), || read(wire, ROOM));
}

#[test]
fn half_the_fields_are_not_all_yet() {
    check("16", "Pieces and limits")
        .because(
            "Until the empty line has come there may be more fields, and \
             the last value may go on. A CR whose LF hasn't come is no \
             fault yet.",
        )
        .run(|log| {
            for cut in 0..TWO.len() {
                log.afresh().sent(&TWO[..cut], "so far");
                log.expect(not_yet(), read(&TWO[..cut], ROOM))?;
            }
            Ok(())
        });
}

#[test]
fn white_space_around_a_value_is_no_part_of_it() {
    check("16", "A request, byte by byte")
        .because(
            "Around a value stands OWS: any number of spaces and tabs, none \
             too (RFC 9112, section 5.1). Inside it they are part of it. \
             No other byte is white space here.",
        )
        .run(|log| {
            for wire in ["A:b c", "A: b c", "A:\t b c \t", "A:b c  "] {
                let wire = format!("{wire}\r\n\r\n");
                log.afresh().sent(&wire, "");
                let due = due(&[("A", b"b c")], wire.len());
                log.expect(due, read(wire.as_bytes(), ROOM))?;
            }
            Ok(())
        });
}

#[test]
fn a_value_may_be_empty() {
    check("16", "A request, byte by byte")
        .because("A value may have no byte at all, also when OWS surrounds it.")
        .run(|log| {
            for wire in ["A:\r\n\r\n", "A: \t \r\n\r\n"] {
                log.afresh().sent(wire, "");
                let due = due(&[("A", b"")], wire.len());
                log.expect(due, read(wire.as_bytes(), ROOM))?;
            }
            Ok(())
        });
}

#[test]
fn a_value_may_hold_colons_and_bytes_that_are_no_text() {
    let wire = b"A: b:c\tx:\r\nB: caf\xc3\xa9 \xff\r\n\r\n";
    check("16", "A request, byte by byte")
        .sent(wire, "")
        .because(
            "Only the first colon ends the name. Bytes from 128 on are \
             allowed in a value (obs-text, RFC 9110, section 5.5), and \
             nobody says which character set they are of.",
        )
        .expect(
            due(&[("A", b"b:c\tx:"), ("B", b"caf\xc3\xa9 \xff")], wire.len()),
            move || read(wire, ROOM),
        );
}

#[test]
fn a_name_is_given_as_it_was_sent() {
    let wire = b"X-a_B!~9: 1\r\nhOsT: 2\r\n\r\n";
    check("16", "A request, byte by byte")
        .sent(wire, "")
        .because(
            "A name is any token. Its case has no meaning, so whoever \
             compares names ignores it; to change it isn't needed, and what \
             came can then still be shown as it came.",
        )
        .expect(due(&[("X-a_B!~9", b"1"), ("hOsT", b"2")], 24), || {
            read(wire, ROOM)
        });
}

#[test]
fn fields_of_one_name_stay_apart() {
    let wire = b"A: 1\r\nB: 2\r\na: 1\r\nA: 3\r\n\r\n";
    check("16", "Two readings of one message")
        .sent(wire, "")
        .because(
            "A list that keeps one field of each name hides that there were \
             two, and two Content-Lengths are an attack. Keep all, in the \
             order in which they came.",
        )
        .expect(
            due(&[("A", b"1"), ("B", b"2"), ("a", b"1"), ("A", b"3")], 26),
            || read(wire, ROOM),
        );
}

#[test]
fn a_space_before_the_colon_is_refused() {
    check("16", "Two readings of one message")
        .because(
            "To one server \"Content-Length \" is an unknown field, to \
             another Content-Length. \"A server MUST reject, with a response \
             status code of 400 (Bad Request), any received request message \
             that contains whitespace between a header field name and \
             colon\" (RFC 9112, section 5.1).",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    b"Content-Length : 5\r\n\r\n",
                    b"A: 1\r\nHost\t: a\r\n\r\n",
                    b"Content Length: 5\r\n\r\n",
                ],
            )
        });
}

#[test]
fn a_folded_line_is_refused() {
    check("16", "Two readings of one message")
        .because(
            "A line that begins with white space once continued the line \
             above. Who still joins them sees one field, who doesn't sees \
             two. A server must refuse it or put spaces in its place (RFC \
             9112, section 5.2), and before the first field it must refuse \
             it (section 2.2).",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    b"A: b\r\n c\r\n\r\n",
                    b"A: b\r\n\tContent-Length: 5\r\n\r\n",
                    b" A: b\r\n\r\n",
                    b"A: b\r\n \r\n\r\n",
                ],
            )
        });
}

#[test]
fn other_bytes_in_a_name_are_refused() {
    check("16", "A request, byte by byte")
        .because(
            "A name is a token: at least one letter, digit or sign of \
             !#$%&'*+-.^_`|~, and nothing else (RFC 9110, section 5.1).",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    b": b\r\n\r\n",
                    b"A(b): c\r\n\r\n",
                    b"A/b: c\r\n\r\n",
                    b"\"A\": c\r\n\r\n",
                    b"caf\xc3\xa9: c\r\n\r\n",
                    b"A\0: c\r\n\r\n",
                ],
            )
        });
}

#[test]
fn a_line_without_a_colon_is_refused() {
    check("16", "A request, byte by byte")
        .because("A line without a colon has a name or a value, but not both.")
        .run(|log| {
            all_refused(
                log,
                [b"Host\r\n\r\n", b"A: 1\r\nGET / HTTP/1.1\r\n\r\n"],
            )
        });
}

#[test]
fn control_characters_in_a_value_are_refused() {
    check("16", "Two readings of one message")
        .because(
            "\"Field values containing CR, LF, or NUL characters are \
             invalid and dangerous\": what reads them as an ending sees \
             another message (RFC 9110, section 5.5). The other controls \
             have no business there either; only the tab is allowed.",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    b"A: b\0c\r\n\r\n",
                    b"A: b\rc\r\n\r\n",
                    b"A: b\r\r\n\r\n",
                    b"A: \x0bb\r\n\r\n",
                    b"A: b\x1b[2J\r\n\r\n",
                    b"A: b\x7f\r\n\r\n",
                ],
            )
        });
}

#[test]
fn lf_alone_ends_no_line() {
    check("16", "Two readings of one message")
        .because(
            "A server that takes LF for an ending sees a field more than \
             one that doesn't, or the end of the fields in another place. \
             RFC 9112, section 2.2, allows it; don't.",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    b"A: b\nC: d\r\n\r\n",
                    b"A: b\r\n\nC: d\r\n\r\n",
                    b"A: b\n\n\r\n\r\n",
                    b"\n\r\n",
                ],
            )
        });
}

#[test]
fn as_many_fields_as_the_limit_are_accepted() {
    let wire = b"A: 1\r\nB: 2\r\n\r\n";
    check("16", "Pieces and limits")
        .sent(wire, "the limits are 2 fields and 14 bytes")
        .because(
            "What reaches a limit keeps it. The empty line is no field, but \
             its two bytes are counted.",
        )
        .expect(due(&[("A", b"1"), ("B", b"2")], 14), || {
            read(wire, Limits { fields: 2, bytes: 14 })
        });
}

#[test]
fn what_follows_the_fields_is_not_counted() {
    let mut wire = b"A: 1\r\n\r\n".to_vec();
    wire.resize(1000, b'x');
    check("16", "Pieces and limits")
        .sent(&wire, "the limit is 8 bytes")
        .because(
            "The fields have 8 bytes, and the body came in the same piece. \
             The limit is about fields, not about what one read brought.",
        )
        .expect(due(&[("A", b"1")], 8), move || {
            read(&wire, Limits { fields: 2, bytes: 8 })
        });
}

#[test]
fn more_fields_are_431() {
    check("16", "Pieces and limits")
        .because(
            "Each field costs a place in the list, however short it is. A \
             client that sends them without end is refused at the first \
             too many, and told why: 431 (RFC 6585, section 5).",
        )
        .run(|log| {
            let two = Limits { fields: 2, bytes: 4096 };
            let many = "A: 1\r\n".repeat(100);
            for wire in ["A: 1\r\nB: 2\r\nC: 3\r\n\r\n", &many] {
                log.afresh().sent(wire, "the limit is 2 fields");
                log.expect(refused(431), read(wire.as_bytes(), two))?;
            }
            Ok(())
        });
}

#[test]
fn more_bytes_are_431_before_they_end() {
    check("16", "Pieces and limits")
        .because(
            "As many bytes as are allowed have come, and the empty line \
             wasn't among them. It can't come in time any more. Whoever \
             looks at the limit only when a line has ended keeps an \
             endless line in memory.",
        )
        .run(|log| {
            let ten = Limits { fields: 16, bytes: 10 };
            for wire in [
                "A: 345678\r\n\r\n",
                "A: 3456789",
                "A: 3456789abcdef",
                "ABCDEFGHIJK",
            ] {
                log.afresh().sent(wire, "the limit is 10 bytes");
                log.expect(refused(431), read(wire.as_bytes(), ten))?;
            }
            Ok(())
        });
}

#[test]
fn without_either_field_there_is_no_body() {
    check("16", "Where the body ends")
        .because(
            "A request without Content-Length and Transfer-Encoding has no \
             body (RFC 9112, section 6.3, rule 7), whatever its method. A \
             response would go on to the end of the connection.",
        )
        .run(|log| {
            let others: &[_] = &[("Host", "a"), ("Content-Type", "text/plain")];
            all_framed(log, Ok(Body::None), [&[], others])
        });
}

#[test]
fn content_length_counts_the_bytes() {
    check("16", "Where the body ends")
        .because(
            "Content-Length is the number of bytes of the body, in decimal. \
             0 is a length: a body without a byte. The name may be written \
             in any case, and zeros may stand in front.",
        )
        .run(|log| {
            all_framed(
                log,
                Ok(Body::Length(5)),
                [
                    &[(CL, "5")],
                    &[("content-length", "5")],
                    &[("Host", "a"), ("CONTENT-LENGTH", "005")],
                ],
            )?;
            all_framed(log, Ok(Body::Length(0)), [&[(CL, "0")]])?;
            let most = "18446744073709551615";
            all_framed(log, Ok(Body::Length(u64::MAX)), [&[(CL, most)]])
        });
}

#[test]
fn a_length_is_nothing_but_digits() {
    check("16", "Two readings of one message")
        .because(
            "Content-Length = 1*DIGIT (RFC 9110, section 8.6). A parser of \
             numbers takes more: a sign, a prefix, white space. What the \
             server in front refuses or takes for 0 and yours takes for \
             five hides five bytes, or a request.",
        )
        .run(|log| {
            all_framed(
                log,
                Err(400),
                [
                    &[(CL, "+5")],
                    &[(CL, "-5")],
                    &[(CL, "0x5")],
                    &[(CL, "5.0")],
                    &[(CL, "5 5")],
                    &[(CL, "1_000")],
                    &[(CL, "5;")],
                    &[(CL, "")],
                    &[(CL, "five")],
                    &[(CL, "\u{665}")],
                ],
            )
        });
}

#[test]
fn a_length_that_fits_nowhere_is_413() {
    check("16", "Where the body ends")
        .because(
            "It is spelled right, so it is no bad request. It is more than \
             a u64 holds: a sum that wraps around would make a small number \
             of it: \"a recipient MUST anticipate potentially large decimal \
             numerals\" (RFC 9110, section 8.6).",
        )
        .run(|log| {
            all_framed(
                log,
                Err(413),
                [
                    &[(CL, "18446744073709551616")],
                    &[(CL, "18446744073709551621")],
                    &[(CL, "99999999999999999999999999999999999999999999")],
                ],
            )
        });
}

#[test]
fn two_lengths_are_refused() {
    check("16", "Two readings of one message")
        .because(
            "Of two lengths one server takes the first and another the \
             last. RFC 9112, section 6.3, lets two that are equal pass as \
             one. But who sends two? Refuse them all.",
        )
        .run(|log| {
            all_framed(
                log,
                Err(400),
                [
                    &[(CL, "5"), (CL, "6")],
                    &[(CL, "5"), ("content-length", "5")],
                    &[(CL, "5"), ("Host", "a"), (CL, "5")],
                    &[(CL, "5, 5")],
                    &[(CL, "5,6")],
                ],
            )
        });
}

#[test]
fn chunked_is_known_in_any_case() {
    check("16", "Where the body ends")
        .because(
            "The names of codings are compared without regard to case (RFC \
             9112, section 7).",
        )
        .run(|log| {
            all_framed(
                log,
                Ok(Body::Chunked),
                [
                    &[(TE, "chunked")],
                    &[("transfer-encoding", "Chunked")],
                    &[("Host", "a"), (TE, "CHUNKED")],
                ],
            )
        });
}

#[test]
fn both_fields_are_refused() {
    check("16", "Two readings of one message")
        .because(
            "Content-Length says that the body ends here, Transfer-Encoding \
             that it ends there. Two servers in a row that choose \
             differently disagree about where the next request begins. \
             Such a message \"ought to be handled as an error\" (RFC 9112, \
             section 6.3).",
        )
        .run(|log| {
            all_framed(
                log,
                Err(400),
                [
                    &[(CL, "5"), (TE, "chunked")],
                    &[(TE, "chunked"), (CL, "5")],
                    &[(TE, "chunked"), (CL, "0")],
                    &[(TE, "gzip, chunked"), ("content-length", "5")],
                    &[(TE, "identity"), (CL, "5")],
                ],
            )
        });
}

#[test]
fn chunked_that_is_not_last_is_400() {
    check("16", "Two readings of one message")
        .because(
            "If chunked isn't the last coding, \"the message body length \
             cannot be determined reliably; the server MUST respond with \
             the 400\" (RFC 9112, section 6.3). What only looks like \
             chunked is one of the oldest ways to smuggle.",
        )
        .run(|log| {
            all_framed(
                log,
                Err(400),
                [
                    &[(TE, "chunked, gzip")],
                    &[(TE, "gzip")],
                    &[(TE, "identity")],
                    &[(TE, "xchunked")],
                    &[(TE, "chunkedx")],
                    &[(TE, "\u{b}chunked")],
                    &[(TE, "chunked;q=1")],
                    &[(TE, "\"chunked\"")],
                    &[(TE, "chunked"), (TE, "identity")],
                    &[(TE, "")],
                    &[(TE, "chunked,")],
                ],
            )
        });
}

#[test]
fn chunked_twice_is_400() {
    check("16", "Two readings of one message")
        .because(
            "\"A sender MUST NOT apply the chunked transfer coding more than \
             once to a message body\" (RFC 9112, section 6.1). Several \
             fields are one list.",
        )
        .run(|log| {
            all_framed(
                log,
                Err(400),
                [
                    &[(TE, "chunked, chunked")],
                    &[(TE, "chunked"), (TE, "chunked")],
                    &[(TE, "chunked, gzip, chunked")],
                    &[(TE, ", chunked")],
                ],
            )
        });
}

#[test]
fn a_coding_that_is_not_known_is_501() {
    check("16", "Where the body ends")
        .because(
            "The message is in order and its end can be found, but nobody \
             here can undo the other coding: 501 (RFC 9112, section 6.1).",
        )
        .run(|log| {
            all_framed(
                log,
                Err(501),
                [
                    &[(TE, "gzip, chunked")],
                    &[(TE, "gzip,\tChunked")],
                    &[(TE, "gzip"), (TE, "chunked")],
                    &[(TE, "br , gzip , chunked")],
                ],
            )
        });
}
