//! What `inet_ntoa` and `inet_pton` must get right.

use support::check::{Broken, Log, Show, check, dump};

use super::exercise::*;

/// An address, or none, in hex.
#[derive(PartialEq)]
struct Bytes(Option<[u8; 4]>);

impl Show for Bytes {
    fn show(&self) -> String {
        self.0.map_or("None".to_string(), |address| dump(&address))
    }
}

/// Claims which text an address becomes.
fn becomes(log: &Log, address: [u8; 4], due: &str) -> Result<(), Broken> {
    log.afresh().note("address", dump(&address), "");
    log.expect(due.to_string(), inet_ntoa(address))
}

/// Claims which address a text is.
fn is(log: &Log, text: &str, due: [u8; 4]) -> Result<(), Broken> {
    log.afresh().note("text", format!("{text:?}"), "");
    log.expect(Bytes(Some(due)), Bytes(inet_pton(text)))
}

/// Claims that these texts are no addresses.
fn are_none(log: &Log, texts: &[&str]) -> Result<(), Broken> {
    for text in texts {
        log.afresh().note("text", format!("{text:?}"), "");
        log.expect(Bytes(None), Bytes(inet_pton(text)))?;
    }
    Ok(())
}

#[test]
fn four_bytes_become_four_numbers() {
    check("03", "Addresses as text")
        .because(
            "Each byte in decimal, the first one first, and a dot between \
             them. Addresses are kept in network byte order, so nothing \
             needs to be turned round.",
        )
        .run(|log| {
            becomes(log, [110, 120, 101, 127], "110.120.101.127")?;
            becomes(log, [127, 126, 125, 124], "127.126.125.124")
        });
}

#[test]
fn no_number_is_padded() {
    check("03", "Addresses as text")
        .because(
            "Each number is as short as it can be. With zeros in front, \
             010 would be read as eight by inet_aton(3); and a zero is \
             still one digit, not none.",
        )
        .run(|log| {
            becomes(log, [1, 2, 3, 4], "1.2.3.4")?;
            becomes(log, [0, 0, 0, 0], "0.0.0.0")?;
            becomes(log, [8, 80, 0, 100], "8.80.0.100")
        });
}

#[test]
fn a_byte_has_no_sign() {
    check("03", "Addresses as text")
        .because("A byte is 0 to 255. The top bit is worth 128, and no sign.")
        .run(|log| {
            becomes(log, [255; 4], "255.255.255.255")?;
            becomes(log, [128, 127, 200, 254], "128.127.200.254")
        });
}

#[test]
fn an_address_is_read() {
    check("03", "Addresses as text")
        .because("The first number is the first byte, and so on to the last.")
        .run(|log| {
            is(log, "10.20.30.2", [10, 20, 30, 2])?;
            is(log, "192.168.1.33", [192, 168, 1, 33])?;
            is(log, "255.255.255.255", [255; 4])
        });
}

#[test]
fn there_are_four_numbers_and_no_fewer() {
    check("03", "Addresses as text")
        .because(
            "Fewer than four numbers are one of the odd forms, which \
             inet_aton(3) takes and inet_pton(3) refuses.",
        )
        .run(|log| are_none(log, &["127.1", "1.2.3", "1", "3232235777"]));
}

#[test]
fn there_are_four_numbers_and_no_more() {
    check("03", "Addresses as text")
        .because(
            "The text must end behind the fourth number. Whoever stops \
             reading there takes 1.2.3.4.5 for 1.2.3.4.",
        )
        .run(|log| {
            let texts = ["1.2.3.4.5", "1.2.3.4.", "1.2.3.4.example.org"];
            are_none(log, &texts)
        });
}

#[test]
fn no_number_is_missing() {
    check("03", "Addresses as text")
        .because("At least one digit stands for each number. Empty is not 0.")
        .run(|log| {
            are_none(log, &["", "...", "1..3.4", ".2.3.4", "1.2.3."])?;
            are_none(log, &[".1.2.3.4", "1.2..3.4"])
        });
}

#[test]
fn a_number_is_255_at_most() {
    check("03", "Addresses as text")
        .because(
            "A byte holds no more. What is larger must not be cut to fit, \
             nor overflow, however many digits it has.",
        )
        .run(|log| {
            are_none(log, &["256.0.0.1", "1.2.3.256", "1.2.3.300"])?;
            are_none(log, &["1.2.3.1000", "1.2.3.4294967297"])?;
            are_none(log, &[&format!("1.2.3.{}", "9".repeat(60))])
        });
}

#[test]
fn a_zero_in_front_is_refused() {
    check("03", "The odd forms")
        .because(
            "010 is eight for inet_aton(3) and was ten for others. A text \
             that two readers take for two addresses is refused by \
             inet_pton(3). 0 alone is a number like any other.",
        )
        .run(|log| {
            are_none(log, &["010.0.0.1", "1.2.3.04", "1.2.3.00", "1.02.3.4"])?;
            are_none(log, &["001.2.3.4", "1.2.3.0004"])?;
            is(log, "10.0.100.0", [10, 0, 100, 0])?;
            is(log, "0.0.0.0", [0; 4])
        });
}

#[test]
fn a_number_is_decimal_digits() {
    check("03", "Addresses as text")
        .because(
            "The digits 0 to 9 and nothing else: no sign, which `str::parse` \
             would take, no hexadecimal, no digits of other scripts.",
        )
        .run(|log| {
            are_none(log, &["+1.2.3.4", "1.2.3.+4", "-1.2.3.4", "1.2.3.-0"])?;
            are_none(
                log,
                &["0x7f.0.0.1", "a.b.c.d", "1.2.3.4e0", "1.2.3.1_0"],
            )?;
            are_none(log, &["1.2.3.\u{664}", "\u{ff11}.2.3.4", "::1"])
        });
}

#[test]
fn nothing_stands_around_an_address() {
    check("03", "Addresses as text")
        .because(
            "The text is the address, from its first byte to its last. \
             White space and what stands behind it is inet_aton's matter, \
             and a port or a prefix is not part of an address.",
        )
        .run(|log| {
            are_none(log, &[" 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "1. 2.3.4"])?;
            are_none(
                log,
                &["1.2.3.4 x", "1.2.3.4/24", "1.2.3.4:80", "1.2.3.4x"],
            )
        });
}

#[test]
fn what_is_written_is_read() {
    check("03", "Addresses as text")
        .because(
            "Whatever `inet_ntoa` writes, `inet_pton` must read as the same \
             address: every byte in every place was tried.",
        )
        .run(|log| {
            for place in 0..4 {
                for byte in 0..=255 {
                    let mut address = [1, 20, 0, 133];
                    address[place] = byte;
                    let text = inet_ntoa(address);
                    log.afresh().note("address", dump(&address), "");
                    log.note("text", text.show(), "");
                    log.expect(Bytes(Some(address)), Bytes(inet_pton(&text)))?;
                }
            }
            Ok(())
        });
}
