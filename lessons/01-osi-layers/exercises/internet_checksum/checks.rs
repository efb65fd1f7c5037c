//! What `checksum` and `is_intact` must withstand.

use support::check::{Broken, Log, Show, check, dump};
use support::random::Random;

use super::exercise::*;

/// The IPv4 header of a segment that Linux sent. Its checksum, af 4d, stands
/// in bytes 10 and 11.
const HEADER: [u8; 20] = [
    0x45, 0x00, 0x00, 0x34, 0x77, 0x74, 0x40, 0x00, 0x40, 0x06, //
    0xaf, 0x4d, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02,
];

/// Claims that the bytes have this checksum.
fn has(log: &Log, bytes: &[u8], due: u16) -> Result<(), Broken> {
    log.afresh().note("bytes", dump(bytes), "");
    log.expect(Word(due), Word(checksum(bytes)))
}

/// The same of one byte, many times.
fn repeated_has(
    log: &Log,
    byte: u8,
    times: usize,
    due: u16,
) -> Result<(), Broken> {
    log.afresh().note("bytes", format!("{byte:02x}, {times} times"), "");
    log.expect(Word(due), Word(checksum(&vec![byte; times])))
}

/// Claims what `is_intact` says about the bytes.
fn intact(log: &Log, bytes: &[u8], due: bool) -> Result<(), Broken> {
    log.afresh().note("received", dump(bytes), "");
    log.expect(due, is_intact(bytes))
}

/// A checksum, shown as it stands in a header.
#[derive(PartialEq)]
struct Word(u16);

impl Show for Word {
    fn show(&self) -> String {
        dump(&self.0.to_be_bytes())
    }
}

#[test]
fn words_are_added_and_the_sum_inverted() {
    check("01", "The internet checksum")
        .because(
            "Add the words, then invert every bit of the sum. Here nothing \
             is carried, so there is nothing to fold.",
        )
        .run(|log| {
            has(log, b"\x01\x01\x02\x02", !0x0303)?;
            has(log, b"\x01\x01\x02\x02\x04\x04", !0x0707)?;
            has(log, b"\x00\x00", 0xffff)
        });
}

#[test]
fn the_first_byte_of_a_word_is_the_higher_one() {
    check("01", "The internet checksum")
        .because(
            "Words on the wire are big-endian: 12 34 is the number 1234, on \
             every machine. `from_be_bytes` reads them so.",
        )
        .run(|log| {
            has(log, b"\x12\x34", !0x1234)?;
            has(log, b"\x12\x34\x00\x01", !0x1235)
        });
}

#[test]
fn a_carry_comes_back_in_at_the_other_end() {
    check("01", "The internet checksum")
        .because(
            "The sum needs 17 bits or more. In one's complement arithmetic \
             what is above the lowest 16 bits isn't thrown away: it is added \
             to them.",
        )
        .run(|log| {
            has(log, b"\xff\xff\x00\x01", !0x0001)?;
            has(log, b"\x80\x00\x80\x00", !0x0001)?;
            has(log, b"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7", 0x220d)
        });
}

#[test]
fn a_fold_that_carries_is_folded_again() {
    check("01", "The internet checksum")
        .because(
            "The words add up to 1ffff. Folded, that is ffff + 1 = 10000: \
             17 bits again. Fold until nothing is above the lowest 16.",
        )
        .run(|log| {
            has(log, b"\xff\xff\xff\xff\x00\x01", !0x0001)?;
            has(log, b"\xff\xfe\xff\xff\x00\x02", !0x0001)
        });
}

#[test]
fn an_odd_byte_is_the_higher_half_of_a_word() {
    check("01", "The internet checksum")
        .because(
            "The last byte has no partner. It counts as if a zero byte \
             followed: 03 at the end is the word 0300. The zero is not sent.",
        )
        .run(|log| {
            has(log, b"\x01\x02\x03", !0x0402)?;
            has(log, b"\x03", !0x0300)?;
            has(log, b"\xff\xff\xff", !0xff00)
        });
}

#[test]
fn no_bytes_have_a_checksum_too() {
    check("01", "The internet checksum")
        .because("The sum of nothing is 0, and its inverse is ffff.")
        .run(|log| has(log, b"", 0xffff));
}

#[test]
fn a_checksum_may_be_zero() {
    check("01", "The internet checksum")
        .because(
            "The words add up to ffff, so the checksum is 0. That is a \
             checksum like any other here. Two habits lead astray: UDP's \
             own rule, which sends ffff instead, belongs to UDP; and the \
             remainder of a division by 65535 is 0 where this sum is ffff.",
        )
        .run(|log| {
            has(log, b"\xff\xff", 0)?;
            has(log, b"\x12\x34\xed\xcb", 0)?;
            has(log, b"\xff\xff\xff\xff", 0)
        });
}

#[test]
fn many_words_do_not_overflow_the_sum() {
    check("01", "The internet checksum")
        .because(
            "A sum of 16 bits overflows with the second word, one of 32 bits \
             after 65,537 of the greatest. Fold as you go, or add in 64 bits.",
        )
        .run(|log| {
            repeated_has(log, 0xff, 65_534, 0)?;
            repeated_has(log, 0xff, 1_000_000, 0)?;
            repeated_has(log, 0x80, 1_000_001, 0x1b9b)
        });
}

#[test]
fn a_real_header_has_the_checksum_it_was_sent_with() {
    check("01", "The internet checksum")
        .because(
            "This is the header of an IPv4 packet, with 0 where its \
             checksum belongs. The kernel that sent it wrote af 4d there.",
        )
        .run(|log| {
            let mut header = HEADER;
            header[10..12].fill(0);
            has(log, &header, 0xaf4d)
        });
}

#[test]
fn a_header_as_it_was_sent_is_intact() {
    check("01", "The internet checksum")
        .because(
            "The checksum is the inverse of the sum of all other words. \
             Added to them it gives ffff, whatever they are. Compare the sum \
             with that; or its inverse with 0.",
        )
        .run(|log| {
            intact(log, &HEADER, true)?;
            intact(log, b"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7\x22\x0d", true)?;
            intact(log, b"\xff\xff\x00\x00", true)
        });
}

#[test]
fn an_odd_message_is_intact_too() {
    check("01", "The internet checksum")
        .because(
            "The checksum, e8 cb, stands in the middle, and an odd byte \
             follows at the end. You need not know the place of the \
             checksum: add up the words from the front, as the sender did.",
        )
        .run(|log| intact(log, b"\x12\x34\xe8\xcb\x05", true));
}

#[test]
fn every_flipped_bit_is_noticed() {
    check("01", "The internet checksum")
        .because(
            "One bit of what was sent is another now. It changes the sum by \
             a power of two, and no power of two is a multiple of 65535: the \
             sum isn't ffff any more.",
        )
        .run(|log| {
            for bit in 0..HEADER.len() * 8 {
                let mut header = HEADER;
                header[bit / 8] ^= 0x80 >> (bit % 8);
                intact(log, &header, false)?;
            }
            Ok(())
        });
}

#[test]
fn zeros_alone_are_not_intact() {
    check("01", "The internet checksum")
        .because(
            "Twenty zero bytes add up to 0, not to ffff. The checksum of \
             zeros is ffff, and it isn't there. In one's complement both 0 \
             and ffff stand for zero, but only all zeros give 0.",
        )
        .run(|log| {
            intact(log, &[0; 20], false)?;
            intact(log, b"", false)
        });
}

#[test]
fn errors_that_cancel_out_are_not_noticed() {
    check("01", "The internet checksum")
        .because(
            "Two words have changed places, or one grew by as much as \
             another shrank. The sum is the same, so for the checksum the \
             header is as it was sent. It is a check against accidents, and \
             a weak one.",
        )
        .run(|log| {
            let mut swapped = HEADER;
            swapped[12..20].rotate_left(4);
            intact(log, &swapped, true)?;
            let mut two_bits = HEADER;
            // A bit set in one word, the same bit cleared in another.
            two_bits[13] |= 0x02;
            two_bits[19] &= !0x02;
            intact(log, &two_bits, true)
        });
}

#[test]
fn any_bytes_have_the_sum_that_arithmetic_says() {
    check("01", "The internet checksum")
        .because(
            "Bytes of every length from 0 to 255, without a pattern. Check \
             the odd byte and the carries.",
        )
        .run(|log| {
            let mut random = random_bytes();
            for length in 0..256 {
                let bytes: Vec<u8> = random.by_ref().take(length).collect();
                has(log, &bytes, by_division(&bytes))?;
            }
            Ok(())
        });
}

/// The checksum by another way: a sum with end-around carry is the remainder
/// of a division by 65535, but ffff where that is 0 and the sum isn't.
fn by_division(bytes: &[u8]) -> u16 {
    let weight = |(i, b): (usize, &u8)| u64::from(*b) << (8 * ((i + 1) % 2));
    let sum: u64 = bytes.iter().enumerate().map(weight).sum();
    let rest = if sum == 0 { 0 } else { (sum - 1) % 0xffff + 1 };
    0xffff - rest as u16
}

/// Bytes without a pattern, the same in every run.
fn random_bytes() -> impl Iterator<Item = u8> {
    Random(0x9e37_79b9_7f4a_7c15).map(|number| (number >> 32) as u8)
}
