//! What `inet_aton` must take, and what not.

use std::net::Ipv4Addr;

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// An address, or none, in words.
#[derive(PartialEq)]
struct Told(Option<Ipv4Addr>);

impl Show for Told {
    fn show(&self) -> String {
        self.0.map_or("None".to_string(), |address| address.to_string())
    }
}

/// Claims which address a text is.
fn is(log: &Log, text: &str, due: [u8; 4]) -> Result<(), Broken> {
    log.afresh().note("text", format!("{text:?}"), "");
    log.expect(Told(Some(due.into())), Told(inet_aton(text)))
}

/// Claims that these texts are no addresses.
fn are_none(log: &Log, texts: &[&str]) -> Result<(), Broken> {
    for text in texts {
        log.afresh().note("text", format!("{text:?}"), "");
        log.expect(Told(None), Told(inet_aton(text)))?;
    }
    Ok(())
}

#[test]
fn four_parts_are_four_bytes() {
    check("03", "Addresses as text")
        .because("Four decimal numbers: each is a byte, the first goes first.")
        .run(|log| {
            is(log, "10.0.0.2", [10, 0, 0, 2])?;
            is(log, "192.168.1.255", [192, 168, 1, 255])?;
            is(log, "0.0.0.0", [0, 0, 0, 0])?;
            is(log, "255.255.255.255", [255, 255, 255, 255])
        });
}

#[test]
fn the_last_of_fewer_parts_fills_the_rest() {
    check("03", "The odd forms")
        .because(
            "With fewer than four parts, the last one is a number of 2, 3 or \
             4 bytes, and the parts before it are one byte each: 127.1 is \
             127.0.0.1. The zeros come before the last, not behind it.",
        )
        .run(|log| {
            is(log, "127.1", [127, 0, 0, 1])?;
            is(log, "10.1.2", [10, 1, 0, 2])?;
            is(log, "172.16.258", [172, 16, 1, 2])?;
            is(log, "10.66051", [10, 1, 2, 3])?;
            is(log, "3232235777", [192, 168, 1, 1])?;
            is(log, "1", [0, 0, 0, 1])
        });
}

#[test]
fn a_zero_in_front_means_octal() {
    check("03", "The odd forms")
        .because(
            "A number with a zero in front is octal, as in C: 010 is eight. \
             There may be more zeros, and 0 itself is 0.",
        )
        .run(|log| {
            is(log, "010.0.0.1", [8, 0, 0, 1])?;
            is(log, "0177.0.0.01", [127, 0, 0, 1])?;
            is(log, "00000177.1", [127, 0, 0, 1])?;
            is(log, "030052000401", [192, 168, 1, 1])?;
            is(log, "1.2.3.00", [1, 2, 3, 0])
        });
}

#[test]
fn eight_is_no_octal_digit() {
    check("03", "The odd forms")
        .because(
            "The zero in front has said octal, and octal digits go from 0 to \
             7. The number isn't decimal after all because of an 8, nor \
             does it end before it.",
        )
        .run(|log| are_none(log, &["08", "1.2.3.09", "018.0.0.1", "0.0078"]));
}

#[test]
fn a_zero_and_an_x_mean_hexadecimal() {
    check("03", "The odd forms")
        .because(
            "After 0x or 0X come hexadecimal digits, in either case. Each \
             part has its own base.",
        )
        .run(|log| {
            is(log, "0x7f.1", [127, 0, 0, 1])?;
            is(log, "0X7F.0x1", [127, 0, 0, 1])?;
            is(log, "0xc0a80101", [192, 168, 1, 1])?;
            is(log, "0xC0.168.01.0x00000001", [192, 168, 1, 1])
        });
}

#[test]
fn an_x_needs_a_digit_behind_it() {
    check("03", "The odd forms")
        .because(
            "Behind 0x there must be a hexadecimal digit. What stands here \
             is no number, and not the number 0 either.",
        )
        .run(|log| {
            let texts = ["0x", "0x.1", "1.2.3.0x", "0xg", "0x 1", "x7f.1"];
            are_none(log, &texts)?;
            are_none(log, &["7f.1", "0x7f.g", "0x0x1", "0b1"])
        });
}

#[test]
fn a_byte_is_255_at_most() {
    check("03", "The odd forms")
        .because(
            "Every part but the last is one byte. 256 has no room there: cut \
             to a byte it would be 0, and joined as it is, it would spill \
             into the part before it.",
        )
        .run(|log| {
            is(log, "255.255.255.255", [255; 4])?;
            are_none(log, &["256.1", "1.256.3.4", "1.2.256.4", "0x100.1"])?;
            are_none(log, &["0400.1", "999.1.1.1"])
        });
}

#[test]
fn the_last_part_is_as_large_as_its_bytes_allow() {
    check("03", "The odd forms")
        .because(
            "The last part has as many bytes as are left: up to 255 behind \
             three parts, 65,535 behind two, 16,777,215 behind one, and \
             4,294,967,295 when it stands alone.",
        )
        .run(|log| {
            is(log, "1.2.65535", [1, 2, 255, 255])?;
            is(log, "1.16777215", [1, 255, 255, 255])?;
            is(log, "4294967295", [255; 4])?;
            is(log, "037777777777", [255; 4])?;
            are_none(log, &["1.2.3.256", "1.2.65536", "1.16777216"])
        });
}

#[test]
fn a_number_of_any_length_does_not_overflow() {
    check("03", "The odd forms")
        .because(
            "There may be any number of digits. One too many must be noticed, \
             and not wrap around to a small number, nor panic. Zeros in \
             front add nothing, however many they are.",
        )
        .run(|log| {
            are_none(log, &["4294967296", "040000000000", "0x100000000"])?;
            are_none(log, &["18446744073709551617", "1.18446744073709551617"])?;
            are_none(log, &[&"9".repeat(60), &format!("0x1{:050}", 0)])?;
            is(log, &format!("{:060}", 1), [0, 0, 0, 1])?;
            is(log, &format!("0x{:060}", 1), [0, 0, 0, 1])
        });
}

#[test]
fn there_are_four_parts_at_most() {
    check("03", "The odd forms")
        .because(
            "An address has four bytes, so there is no fifth part. A dot at \
             the end announces a part that is missing.",
        )
        .run(|log| {
            are_none(log, &["1.2.3.4.5", "1.2.3.4.", "0.0.0.0.0"])?;
            are_none(log, &["1.2.3.4.5.6.7.8.9.10"])
        });
}

#[test]
fn no_part_is_empty() {
    check("03", "The odd forms")
        .because("At least one digit stands in each part. Empty is not 0.")
        .run(|log| {
            are_none(log, &["", ".", "1.", ".1", "1..2", "1.2.3.", "..."])
        });
}

#[test]
fn white_space_ends_the_address() {
    check("03", "The odd forms")
        .because(
            "After white space anything may stand, and it is not looked at: \
             not even its dots. So it is in inet_aton(3), since a program \
             could then hand it the rest of a line.",
        )
        .run(|log| {
            is(log, "1.2.3.4 garbage", [1, 2, 3, 4])?;
            is(log, "1.2.3.4 ", [1, 2, 3, 4])?;
            is(log, "1.2.3.4 a.b.c.d", [1, 2, 3, 4])?;
            is(log, "127.1\n10.0.0.1", [127, 0, 0, 1])?;
            is(log, "1 .2.3.4", [0, 0, 0, 1])?;
            is(log, "10.0.0.2\t\u{e9}\u{1f600}", [10, 0, 0, 2])
        });
}

#[test]
fn white_space_is_what_the_c_library_says() {
    check("03", "The odd forms")
        .because(
            "isspace(3) in the C locale: space, tab, line feed, vertical \
             tab, form feed, carriage return. Rust's `is_ascii_whitespace` \
             lacks the vertical tab, and `is_whitespace` has many more.",
        )
        .run(|log| {
            for space in [" ", "\t", "\n", "\x0b", "\x0c", "\r"] {
                is(log, &format!("1.2.3.4{space}x"), [1, 2, 3, 4])?;
            }
            are_none(log, &["1.2.3.4\u{a0}x", "1.2.3.4\u{85}"])?;
            are_none(log, &["1.2.3.4\u{3000}x", "1.2.3.4\x1cx"])
        });
}

#[test]
fn white_space_in_front_is_refused() {
    check("03", "The odd forms")
        .because(
            "A digit must come first. White space ends an address, so an \
             address that begins with it is empty; and none may stand \
             where a part is due.",
        )
        .run(|log| {
            are_none(log, &[" 1.2.3.4", "\t127.1", "\n1", " ", "1. 2.3.4"])
        });
}

#[test]
fn anything_else_is_refused() {
    check("03", "The odd forms")
        .because(
            "Only digits, dots, the x of 0x, and white space at the end. \
             Other number readers take more: a sign, an underscore, digits \
             of other scripts.",
        )
        .run(|log| {
            are_none(log, &["+1", "-1", "1.+2", "0x+1", "1.2.3.-4", "0x-1"])?;
            are_none(log, &["1.2.3.4x", "1.2.3.4/24", "1.2.3.4:80", "1,2"])?;
            are_none(
                log,
                &["localhost", "::1", "1_0", "1e3", "1.2.3.4\u{e9}"],
            )?;
            are_none(log, &["\u{661}", "1.2.3.\u{ff11}", "\u{e9}"])
        });
}
