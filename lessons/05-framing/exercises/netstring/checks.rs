//! What `encode` and `decode` must withstand.

use support::check::{Broken, Log, Show, check};
use support::random::Random;

use super::exercise::*;

/// Claims that `decode` gives this payload and this length.
fn accepts(
    log: &Log,
    bytes: &[u8],
    limit: usize,
    payload: &[u8],
    length: usize,
) -> Result<(), Broken> {
    log.afresh().sent(bytes, &told(limit));
    log.expect(Ok(Some((payload, length))), decode(bytes, limit))
}

/// Claims that `decode` waits for more.
fn waits(log: &Log, bytes: &[u8], limit: usize) -> Result<(), Broken> {
    log.afresh().sent(bytes, &told(limit));
    log.expect(Ok(None), decode(bytes, limit))
}

/// Claims that `decode` refuses.
fn refuses(
    log: &Log,
    bytes: &[u8],
    limit: usize,
    why: Refused,
) -> Result<(), Broken> {
    log.afresh().sent(bytes, &told(limit));
    log.expect(Err(why), decode(bytes, limit))
}

fn told(limit: usize) -> String {
    format!("and the limit is {limit}")
}

#[test]
fn a_payload_is_encoded() {
    check("05", "Netstrings")
        .because(
            "The length counts the bytes of the payload, in decimal and \
             without zeros in front: bytes, not characters. A colon, the \
             payload as it is, and a comma follow.",
        )
        .run(|log| {
            for (payload, due) in [
                (&b"hello"[..], &b"5:hello,"[..]),
                (b"", b"0:,"),
                (b"hello world!", b"12:hello world!,"),
                (b"caf\xc3\xa9", b"5:caf\xc3\xa9,"),
                (b"\x00\xff", b"2:\x00\xff,"),
            ] {
                let text = Escaped(payload.to_vec());
                log.afresh().note("encode", text.show(), "");
                log.expect(Escaped(due.to_vec()), Escaped(encode(payload)))?;
            }
            Ok(())
        });
}

/// Bytes that are shown as text, those that aren't ASCII escaped.
#[derive(PartialEq)]
struct Escaped(Vec<u8>);

impl Show for Escaped {
    fn show(&self) -> String {
        format!("\"{}\"", self.0.escape_ascii())
    }
}

#[test]
fn a_netstring_is_decoded() {
    check("05", "Netstrings")
        .because(
            "The payload is what stands between the colon and the comma. \
             The length you give counts the digits, the colon and the comma \
             too: there the next netstring begins.",
        )
        .run(|log| {
            accepts(log, b"5:hello,", 64, b"hello", 8)?;
            accepts(log, b"12:hello world!,", 64, b"hello world!", 16)?;
            accepts(log, b"10:0123456789,", 64, b"0123456789", 14)
        });
}

#[test]
fn an_empty_payload_is_a_message() {
    check("05", "Netstrings")
        .because(
            "0:, is the netstring of nothing: a whole message. It is the \
             one case in which the length begins with a zero.",
        )
        .run(|log| accepts(log, b"0:,", 64, b"", 3));
}

#[test]
fn the_payload_may_hold_any_byte() {
    check("05", "Netstrings")
        .because(
            "The length says where the payload ends, so its bytes need no \
             look at all. Commas, colons, digits, zero bytes and bytes that \
             are not UTF-8 pass as they are.",
        )
        .run(|log| {
            accepts(log, b"5:a,b:c,", 64, b"a,b:c", 8)?;
            accepts(log, b"4:2:x,,", 64, b"2:x,", 7)?;
            accepts(log, b"3:\x00\xff\x80,", 64, b"\x00\xff\x80", 6)
        });
}

#[test]
fn a_part_of_a_netstring_is_not_enough_yet() {
    check("05", "Not enough yet")
        .because(
            "All that has come is right, and more is due. It may be the \
             next digit, the colon, the payload or the comma at its end: \
             until the comma is there, the answer is None.",
        )
        .run(|log| {
            let whole = b"12:hello world!,";
            for kept in 0..whole.len() {
                waits(log, &whole[..kept], 64)?;
            }
            waits(log, b"0", 64)?;
            waits(log, b"0:", 64)
        });
}

#[test]
fn what_lies_behind_the_comma_is_left_alone() {
    check("05", "A stream has no messages")
        .because(
            "Several netstrings came glued together, or one and the start \
             of the next. Your answer is about the first; the caller asks \
             again from the byte behind it.",
        )
        .run(|log| {
            accepts(log, b"3:one,5:three,", 64, b"one", 6)?;
            accepts(log, b"5:three,0", 64, b"three", 8)?;
            accepts(log, b"3:one,what is this?", 64, b"one", 6)?;
            accepts(log, b"3:one,\xff", 64, b"one", 6)
        });
}

#[test]
fn a_zero_in_front_is_refused() {
    check("05", "Netstrings")
        .because(
            "A length has one form only. With 5, 05 and 005 for the same \
             number, the digits in front of a payload could go on for ever, \
             and two programs could read one stream in two ways. After a \
             leading zero only the colon can follow.",
        )
        .run(|log| {
            for bytes in ["05:hello,", "00:,", "007:goodbye,"] {
                let bytes = bytes.as_bytes();
                refuses(log, bytes, 64, Refused::BadLength)?;
            }
            Ok(())
        });
}

#[test]
fn a_length_is_digits_and_nothing_else() {
    check("05", "Netstrings")
        .because(
            "Between the start and the colon stand one to many of the \
             digits 0 to 9. `str::parse` is more lenient than that: it \
             takes a plus. Where two readers of a stream disagree about \
             lengths, an attacker hides a message from one of them.",
        )
        .run(|log| {
            for bytes in [
                &b"+5:hello,"[..],
                b"-5:hello,",
                b" 5:hello,",
                b"5 :hello,",
                b"\n5:hello,",
                b"0x5:hello,",
                b"5.0:hello,",
                b"\xd9\xa5:hello,",
                b"5\xff:hello,",
                b":hello,",
            ] {
                refuses(log, bytes, 64, Refused::BadLength)?;
            }
            Ok(())
        });
}

#[test]
fn a_bad_length_is_refused_before_the_colon() {
    check("05", "Not enough yet")
        .because(
            "This byte can't be in a length, whatever follows. More bytes \
             would not help, so the answer is not None. You waited for \
             the colon, and this peer never meant to send one.",
        )
        .run(|log| {
            for bytes in
                ["x", "5x", "5,hello,", "+", "05", "00", "GET / HTTP/1.1\r\n"]
            {
                let bytes = bytes.as_bytes();
                refuses(log, bytes, 64, Refused::BadLength)?;
            }
            Ok(())
        });
}

#[test]
fn a_missing_comma_is_refused() {
    check("05", "Netstrings")
        .because(
            "The byte behind the payload is not a comma: sender and \
             receiver have counted differently. Whoever goes on reads \
             lengths out of the middle of messages from here on.",
        )
        .run(|log| {
            for bytes in
                ["5:hello!", "3:hello,", "5:hello\n", "0:x", "5:hello5:"]
            {
                let bytes = bytes.as_bytes();
                refuses(log, bytes, 64, Refused::NoComma)?;
            }
            Ok(())
        });
}

#[test]
fn a_payload_of_the_limit_is_accepted() {
    check("05", "Bounds")
        .because(
            "The limit is the greatest payload that is allowed. Digits, \
             colon and comma don't count.",
        )
        .run(|log| {
            accepts(log, b"5:hello,", 5, b"hello", 8)?;
            accepts(log, b"12:hello world!,", 12, b"hello world!", 16)?;
            accepts(log, b"0:,", 0, b"", 3)
        });
}

#[test]
fn a_payload_above_the_limit_is_refused() {
    check("05", "Bounds")
        .because(
            "The payload is longer than the limit by one byte. That it has \
             come whole makes no difference.",
        )
        .run(|log| {
            refuses(log, b"6:hello!,", 5, Refused::TooLong)?;
            refuses(log, b"13:hello, world!,", 12, Refused::TooLong)?;
            refuses(log, b"1:x,", 0, Refused::TooLong)
        });
}

#[test]
fn digits_alone_are_enough_to_refuse() {
    check("05", "Bounds")
        .because(
            "The digits so far are above the limit, and every further digit \
             makes the number greater. Compare after each digit: then no \
             peer can make you collect a payload, or digits without end.",
        )
        .run(|log| {
            refuses(log, b"6", 5, Refused::TooLong)?;
            waits(log, b"1", 12)?;
            waits(log, b"12", 12)?;
            refuses(log, b"13", 12, Refused::TooLong)?;
            waits(log, b"999", 1024)?;
            refuses(log, b"9999", 1024, Refused::TooLong)?;
            refuses(log, &[b'1'; 5000], 1024, Refused::TooLong)
        });
}

#[test]
fn lengths_without_measure_do_not_overflow() {
    check("05", "Bounds")
        .because(
            "With the greatest limit there is, nothing stops a length but \
             the size of usize. Ten times the number may overflow, and so \
             may the end of the payload, when the colon's place and the \
             length are added. A panic here ends the server for everybody.",
        )
        .run(|log| {
            let greatest = usize::MAX.to_string();
            let much = format!("{greatest}:hello");
            waits(log, greatest.as_bytes(), usize::MAX)?;
            waits(log, much.as_bytes(), usize::MAX)?;
            let more = format!("{greatest}0");
            refuses(log, more.as_bytes(), usize::MAX, Refused::TooLong)?;
            refuses(log, &[b'9'; 40], usize::MAX, Refused::TooLong)
        });
}

#[test]
fn garbage_is_survived() {
    check("05", "Netstrings")
        .because(
            "These bytes were made by chance from those that netstrings are \
             made of. What you accept must be what `encode` writes for that \
             payload, and nothing may panic.",
        )
        .run(|log| {
            for bytes in garbage().take(4000) {
                log.afresh().sent(&bytes, "and the limit is 64");
                if let Ok(Some((payload, length))) = decode(&bytes, 64) {
                    let taken = bytes.get(..length).unwrap_or_default();
                    log.note("answer", payload.show(), "");
                    log.expect(encode(payload), taken.to_vec())?;
                }
            }
            Ok(())
        });
}

/// Eight bytes each, the same in every run.
fn garbage() -> impl Iterator<Item = Vec<u8>> {
    Random(0x9e37_79b9_7f4a_7c15).map(|number| {
        let alphabet = b"0123:::,,,x\xff";
        let pick = |byte: &u8| alphabet[usize::from(*byte) % alphabet.len()];
        number.to_le_bytes().iter().map(pick).collect()
    })
}
