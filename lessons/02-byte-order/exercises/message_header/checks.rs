//! What `write` and `read` must withstand.

use support::check::{Broken, Bytes, Log, Show, check, dump};

use super::exercise::*;

const WARM: Message<'static> =
    Message { sequence: 0x0102_0304, tenths: 0x0115, text: b"sun" };

/// The bytes of `WARM`.
const WARM_BYTES: &[u8] = b"\x01\x01\x02\x03\x04\x01\x15\x00\x03sun";

/// A message and what lies behind it, as `read` gives them.
#[derive(PartialEq)]
struct Answer<'a>(Result<(Message<'a>, &'a [u8]), Refused>);

impl Show for Answer<'_> {
    fn show(&self) -> String {
        match self.0 {
            Err(why) => format!("Err({why:?})"),
            Ok((Message { sequence, tenths, text }, rest)) => {
                let (text, rest) = (text.show(), rest.show());
                let gap = format!("\n{:10}", "");
                format!(
                    "sequence {sequence}, tenths {tenths},{gap}\
                     text {text},{gap}rest {rest}"
                )
            }
        }
    }
}

/// Claims which bytes a message becomes.
fn becomes(log: &Log, message: Message<'_>, due: &[u8]) -> Result<(), Broken> {
    let Message { sequence, tenths, text } = message;
    let told = format!("sequence {sequence:#x}, tenths {tenths}");
    log.afresh().note("message", told, "");
    log.note("text", text.show(), "");
    let mut out = Vec::new();
    let answer = write(&message, &mut out).map(|()| Bytes(out));
    log.expect(Ok(Bytes(due.to_vec())), answer)
}

/// Claims what `read` answers.
fn reads(
    log: &Log,
    bytes: &[u8],
    due: Result<(Message<'_>, &[u8]), Refused>,
) -> Result<(), Broken> {
    log.afresh().note("bytes", dump(bytes), "");
    log.expect(Answer(due), Answer(read(bytes)))
}

#[test]
fn fields_stand_side_by_side() {
    check("02", "Padding")
        .because(
            "The sequence begins at byte 1, right behind the version, and \
             the header ends after 9 bytes. In memory a u32 begins at a \
             multiple of four, so a struct has three bytes of padding \
             there; the format has none.",
        )
        .run(|log| {
            let message = Message { text: b"", ..WARM };
            let mut out = Vec::new();
            log.expect(Ok(()), write(&message, &mut out))?;
            log.note("header", dump(&out), "");
            log.note("expected", "9 bytes", "");
            match out.len() {
                9 => Ok(()),
                count => log.broken(format!("{count} bytes")),
            }
        });
}

#[test]
fn every_number_is_in_network_byte_order() {
    check("02", "Network byte order")
        .because(
            "Of each number the most significant byte goes first: the \
             sequence 0x01020304 is 01 02 03 04, the temperature 0x0115 is \
             01 15, and the length 3 is 00 03.",
        )
        .run(|log| becomes(log, WARM, WARM_BYTES));
}

#[test]
fn a_message_is_read() {
    check("02", "A header by hand")
        .because(
            "Version 1 byte, sequence 4, tenths 2, length 2, all in network \
             byte order and without gaps. The text takes as many bytes as \
             the length says.",
        )
        .run(|log| reads(log, WARM_BYTES, Ok((WARM, b""))));
}

#[test]
fn a_frost_is_below_zero() {
    check("02", "A header by hand")
        .because(
            "The temperature has a sign. -1 has the bytes ff ff: two's \
             complement in network byte order, for which \
             `i16::to_be_bytes` and `i16::from_be_bytes` are there.",
        )
        .run(|log| {
            let text = b"ice".as_slice();
            for (tenths, upper, lower) in
                [(-1, 0xff, 0xff), (-273, 0xfe, 0xef), (i16::MIN, 0x80, 0)]
            {
                let message = Message { sequence: 5, tenths, text };
                let head = [1, 0, 0, 0, 5, upper, lower, 0, 3];
                let bytes = [&head, text].concat();
                becomes(log, message, &bytes)?;
                reads(log, &bytes, Ok((message, b"")))?;
            }
            Ok(())
        });
}

#[test]
fn an_empty_text_is_a_text() {
    check("02", "A header by hand")
        .because(
            "A text of no bytes has the length 0. The message is its \
             header, and whole.",
        )
        .run(|log| {
            let message = Message { text: b"", ..WARM };
            let bytes = b"\x01\x01\x02\x03\x04\x01\x15\x00\x00";
            becomes(log, message, bytes)?;
            reads(log, bytes, Ok((message, b"")))
        });
}

#[test]
fn the_message_goes_behind_what_is_there() {
    check("02", "A header by hand")
        .given("out", "\"before\"")
        .because(
            "Something stands in `out` already, perhaps another message. It \
             stays, and yours goes behind it.",
        )
        .run(|log| {
            let mut out = b"before".to_vec();
            log.expect(Ok(()), write(&WARM, &mut out))?;
            let due = [b"before", WARM_BYTES].concat();
            log.expect(Bytes(due), Bytes(out))
        });
}

#[test]
fn what_lies_behind_is_given_back() {
    check("02", "A header by hand")
        .because(
            "The length says where the text ends. What lies behind is the \
             next message, and no part of this one.",
        )
        .run(|log| {
            let two = [WARM_BYTES, WARM_BYTES].concat();
            reads(log, &two, Ok((WARM, WARM_BYTES)))?;
            let more = [WARM_BYTES, b"\x02!"].concat();
            reads(log, &more, Ok((WARM, b"\x02!")))
        });
}

#[test]
fn a_long_text_has_a_long_length() {
    check("02", "A header by hand")
        .because(
            "The length has two bytes: a text of 300 bytes is 01 2c, and \
             the greatest, 65,535, is ff ff. That one is allowed.",
        )
        .run(|log| {
            for length in [255_u16, 256, 300, u16::MAX] {
                let text = vec![b'.'; length.into()];
                let message = Message { text: &text, ..WARM };
                let mut bytes = WARM_BYTES[..7].to_vec();
                bytes.extend(length.to_be_bytes());
                bytes.extend(&text);
                becomes(log, message, &bytes)?;
                reads(log, &bytes, Ok((message, b"")))?;
            }
            Ok(())
        });
}

#[test]
fn a_text_too_long_is_refused() {
    check("02", "A header by hand")
        .because(
            "65,536 doesn't fit into 16 bits. A cast makes 0 of it: the \
             other end would take the text for messages.",
        )
        .run(|log| {
            for length in [65_536, 65_537, 200_000] {
                log.afresh().note("text", format!("{length} bytes"), "");
                let text = vec![b'.'; length];
                let message = Message { text: &text, ..WARM };
                let answer = write(&message, &mut Vec::new());
                log.expect(Err(Refused::TooLong), answer)?;
            }
            Ok(())
        });
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    check("02", "A header by hand")
        .given("text", "65,536 bytes")
        .given("out", "\"before\"")
        .because(
            "You wrote a part of the message before you saw that it can't be \
             written. Whoever sends `out` now sends half a header. Ask what \
             can fail first, and then write.",
        )
        .run(|log| {
            let text = vec![b'.'; 65_536];
            let mut out = b"before".to_vec();
            let message = Message { text: &text, ..WARM };
            // What it answers is another check's claim.
            let _ = write(&message, &mut out);
            log.expect(b"before".to_vec(), out)
        });
}

#[test]
fn a_truncated_header_is_refused() {
    check("02", "A header by hand")
        .because(
            "The bytes end inside the header. Look how many there are \
             before you take them: a panic would end the program for \
             everybody, and zeros for what is missing would be a lie.",
        )
        .run(|log| {
            for kept in 0..9 {
                let bytes = &WARM_BYTES[..kept];
                reads(log, bytes, Err(Refused::Truncated))?;
            }
            Ok(())
        });
}

#[test]
fn a_truncated_text_is_refused() {
    check("02", "A header by hand")
        .because(
            "The header promises more bytes than there are. Part of a text \
             is not the text: a length is a claim until it is checked.",
        )
        .run(|log| {
            for kept in 9..WARM_BYTES.len() {
                let bytes = &WARM_BYTES[..kept];
                reads(log, bytes, Err(Refused::Truncated))?;
            }
            let liar = b"\x01\x00\x00\x00\x01\x00\x00\xff\xffhello";
            reads(log, liar, Err(Refused::Truncated))
        });
}

#[test]
fn another_version_is_refused() {
    check("02", "A header by hand")
        .because(
            "The first byte is not 1, so what follows may mean anything. It \
             can be said as soon as that byte is there: another version's \
             header may be shorter, and is not truncated.",
        )
        .run(|log| {
            for version in [0, 2, 0xff] {
                let mut bytes = WARM_BYTES.to_vec();
                bytes[0] = version;
                reads(log, &bytes, Err(Refused::UnknownVersion))?;
                reads(log, &bytes[..4], Err(Refused::UnknownVersion))?;
                reads(log, &bytes[..1], Err(Refused::UnknownVersion))?;
            }
            Ok(())
        });
}
