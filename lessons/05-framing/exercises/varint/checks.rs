//! What `encode` and `decode` must withstand.

use support::check::{Broken, Log, Show, check};
use support::random::Random;

use super::exercise::*;

/// Numbers at the edges, where one more byte is needed, and their bytes.
const EDGES: [(u64, &[u8]); 14] = [
    (0, b"\x00"),
    (1, b"\x01"),
    (127, b"\x7f"),
    (128, b"\x80\x01"),
    (300, b"\xac\x02"),
    (16_383, b"\xff\x7f"),
    (16_384, b"\x80\x80\x01"),
    (1 << 28, b"\x80\x80\x80\x80\x01"),
    (u32::MAX as u64, b"\xff\xff\xff\xff\x0f"),
    (1 << 35, b"\x80\x80\x80\x80\x80\x01"),
    (1 << 56, b"\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
    ((1 << 63) - 1, b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    (1 << 63, b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
    (u64::MAX, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
];

/// Claims that `encode` gives these bytes.
fn encodes(log: &Log, number: u64, due: &[u8]) -> Result<(), Broken> {
    log.afresh().note("encode", number.to_string(), "");
    log.expect(Bytes(due.to_vec()), Bytes(encode(number)))
}

/// Claims that `decode` answers so.
fn decodes(
    log: &Log,
    bytes: &[u8],
    due: Result<Option<(u64, usize)>, Refused>,
) -> Result<(), Broken> {
    log.afresh().note("decode", Bytes(bytes.to_vec()).show(), "");
    log.expect(due, decode(bytes))
}

#[test]
fn a_number_up_to_127_is_one_byte() {
    check("05", "Numbers in few bytes")
        .because(
            "Seven bits fit one byte, whose top bit is 0 because no byte \
             follows. Zero has a byte too: a number that leaves no bytes \
             can't be read back.",
        )
        .run(|log| {
            encodes(log, 0, b"\x00")?;
            encodes(log, 1, b"\x01")?;
            encodes(log, 127, b"\x7f")
        });
}

#[test]
fn greater_numbers_are_cut_into_groups_of_seven_bits() {
    check("05", "Numbers in few bytes")
        .because(
            "Each byte carries seven bits of the number, the least \
             significant group first. The top bit says that another byte \
             follows: it is 1 in all bytes but the last.",
        )
        .run(|log| {
            let mut edges = EDGES[3..].iter();
            edges.try_for_each(|(number, bytes)| encodes(log, *number, bytes))
        });
}

#[test]
fn a_single_zero_byte_is_zero() {
    check("05", "Numbers in few bytes")
        .because(
            "One byte 00 is the shortest form of 0, since a number has at \
             least one byte. Only a last group of 0 behind other groups is \
             one too many.",
        )
        .run(|log| decodes(log, b"\x00", Ok(Some((0, 1)))));
}

#[test]
fn a_number_is_decoded() {
    check("05", "Numbers in few bytes")
        .because(
            "Take seven bits from each byte. The first group stands for the \
             lowest seven bits, each further group for the next seven above. \
             Compute in u64: groups reach beyond 32 bits from the fifth on, and the tenth byte of \
             the greatest numbers carries the last of 64 bits.",
        )
        .run(|log| {
            EDGES.iter().try_for_each(|(number, bytes)| {
                decodes(log, bytes, Ok(Some((*number, bytes.len()))))
            })
        });
}

#[test]
fn what_lies_behind_the_number_is_left_alone() {
    check("05", "A stream has no messages")
        .because(
            "The number ends with the first byte whose top bit is 0. What \
             follows is the next thing in the stream. The length you give \
             tells the caller where that begins.",
        )
        .run(|log| {
            decodes(log, b"\xac\x02\xff\xff", Ok(Some((300, 2))))?;
            decodes(log, b"\x05\x00", Ok(Some((5, 1))))?;
            decodes(log, b"\x05hello", Ok(Some((5, 1))))
        });
}

#[test]
fn a_part_of_a_number_is_not_enough_yet() {
    check("05", "Not enough yet")
        .because(
            "The last byte here has its top bit set, so another follows and \
             has not come. That is neither a number nor an error: answer \
             None, and the caller asks again when more is there. With no \
             byte at all it is the same.",
        )
        .run(|log| {
            for (_, bytes) in EDGES {
                for kept in 1..bytes.len() {
                    decodes(log, &bytes[..kept], Ok(None))?;
                }
            }
            decodes(log, b"", Ok(None))
        });
}

#[test]
fn more_than_64_bits_are_refused() {
    check("05", "Bounds")
        .because(
            "Nine groups of seven are 63 bits, so the tenth byte has room \
             for one bit: 0 or 1. More is lost by the shift without a word, \
             and a length that was enormous arrives as a small one.",
        )
        .run(|log| {
            for tenth in [0x02, 0x03, 0x40, 0x7e, 0x7f] {
                let bytes = [[0xff; 9].as_slice(), &[tenth]].concat();
                decodes(log, &bytes, Err(Refused::TooLarge))?;
            }
            Ok(())
        });
}

#[test]
fn an_eleventh_byte_is_not_waited_for() {
    check("05", "Bounds")
        .because(
            "The tenth byte announces an eleventh, and no number of 64 bits \
             has one. You know enough to refuse. If you wait, or go on \
             shifting, a peer that never clears the bit has you in hand.",
        )
        .run(|log| {
            for (byte, times) in
                [(0x80, 10), (0xff, 10), (0x81, 11), (0x80, 1000)]
            {
                let bytes = vec![byte; times];
                decodes(log, &bytes, Err(Refused::TooLarge))?;
            }
            Ok(())
        });
}

#[test]
fn a_longer_form_than_needed_is_refused() {
    check("05", "Numbers in few bytes")
        .because(
            "The last group is 0 and adds nothing, so the number has a \
             shorter form. If both are accepted, two messages that differ \
             mean the same: signatures, caches and filters that compare \
             bytes are led astray.",
        )
        .run(|log| {
            for groups in 1..10 {
                for group in [0x80, 0x81, 0xff] {
                    let bytes = [vec![group; groups], vec![0]].concat();
                    decodes(log, &bytes, Err(Refused::NotShortest))?;
                }
            }
            Ok(())
        });
}

#[test]
fn what_is_encoded_is_decoded() {
    check("05", "Numbers in few bytes")
        .because(
            "Whatever `encode` writes, `decode` must read: the same number, \
             and as many bytes as were written.",
        )
        .run(|log| {
            for number in numbers().take(1000) {
                let bytes = encode(number);
                decodes(log, &bytes, Ok(Some((number, bytes.len()))))?;
            }
            Ok(())
        });
}

#[test]
fn what_is_decoded_would_be_encoded_so() {
    check("05", "Numbers in few bytes")
        .because(
            "These bytes are garbage from the network. You took them for a \
             number, but `encode` writes that number in another way: there \
             must be one form only, and no input may be read past its end.",
        )
        .run(|log| {
            for garbage in numbers().take(1000) {
                let bytes = garbage.to_le_bytes();
                log.afresh().note("decode", Bytes(bytes.into()).show(), "");
                if let Ok(Some((number, length))) = decode(&bytes) {
                    let taken = bytes.get(..length).unwrap_or_default();
                    let answer = format!("{number}, length {length}");
                    log.note("answer", answer, "");
                    let written = encode(number);
                    log.expect(Bytes(written), Bytes(taken.to_vec()))?;
                }
            }
            Ok(())
        });
}

/// Numbers of all sizes, the same in every run.
fn numbers() -> impl Iterator<Item = u64> {
    let random = Random(0x9e37_79b9_7f4a_7c15);
    random.zip(0..).map(|(number, turn)| number >> (turn % 64))
}

/// Bytes that are shown in hex whatever they are.
#[derive(PartialEq)]
struct Bytes(Vec<u8>);

impl Show for Bytes {
    fn show(&self) -> String {
        let pair = |byte: &u8| format!("{byte:02x}");
        let head: Vec<_> = self.0.iter().take(16).map(pair).collect();
        match self.0.len() {
            0 => "no bytes".to_string(),
            1..=16 => head.join(" "),
            many => format!("{} … {many} bytes in all", head.join(" ")),
        }
    }
}
