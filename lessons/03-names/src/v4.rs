//! IPv4 addresses as text: a strict reader, a lenient one, one writer.
//!
//! ```text
//!               10  .   0  .   0  .   2        inet_pton takes this alone
//!              127  .            1             inet_aton: the last part
//!             0x7f  .            1             fills what is left, and
//!             017700000001                     may be hex or octal
//! ```
//!
//! inet_pton(3), inet_aton(3), inet_ntoa(3). Start reading at [`pton`].

use std::net::Ipv4Addr;

use crate::{Error, Text};

const NUMBER: &str = "a digit";
const DOT: &str = "a dot";

// ANCHOR: pton
/// Reads four decimal numbers with three dots, and nothing else:
/// `inet_pton(AF_INET, …)`, inet_pton(3).
///
/// # Errors
/// Where the text has more or less than that; and for a number that begins
/// with a zero, since [`aton`] would read it as octal.
pub fn pton(text: &str) -> Result<Ipv4Addr, Error> {
    let text = text.as_bytes();
    let mut octets = [0; 4];
    let mut at = 0;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            at = past(text, at, b'.', DOT)?;
        }
        let digits = run(text, at, u8::is_ascii_digit);
        *octet = strict(text, at, digits)?;
        at += digits;
    }
    match text.get(at) {
        None => Ok(octets.into()),
        Some(b'.') => Err(Error::TooMany { what: "numbers", most: 4, at }),
        Some(_) => Err(Error::Unexpected { due: "the end", at }),
    }
}

/// One number from 0 to 255, without a zero in front.
fn strict(text: &[u8], at: usize, digits: usize) -> Result<u8, Error> {
    match &text[at..at + digits] {
        [] if at == text.len() => Err(Error::Ends { due: NUMBER, at }),
        [] => Err(Error::Unexpected { due: NUMBER, at }),
        [b'0', _, ..] => Err(Error::LeadingZero { at }),
        digits => {
            let value = value(digits, 10);
            let large = |_| Error::TooLarge { most: 255, at };
            u8::try_from(value).map_err(large)
        }
    }
}
// ANCHOR_END: pton

// ANCHOR: aton
/// Reads an address in any of the forms that the C library takes:
/// inet_aton(3). One to four numbers, each decimal, octal with a `0` in
/// front, or hexadecimal with `0x`. The last fills all bytes that are left.
/// White space ends the address, and what follows it is not looked at.
///
/// # Errors
/// Where no digit stands where a number is due, where a number exceeds its
/// place, and where something else than a dot or white space follows one.
pub fn aton(text: &str) -> Result<Ipv4Addr, Error> {
    let text = text.as_bytes();
    let (mut address, mut at, mut before) = (0, 0, 0);
    loop {
        let (value, end) = lenient(text, at)?;
        match text.get(end) {
            Some(b'.') if before == 3 => {
                return Err(Error::TooMany {
                    what: "numbers",
                    most: 4,
                    at: end,
                });
            }
            Some(b'.') => {
                // One of the first three: one byte of the address.
                address |= up_to(255, value, at)? << (24 - 8 * before);
                at = end + 1;
                before += 1;
            }
            None => return last(address, before, value, at),
            Some(c) if is_space(*c) => {
                return last(address, before, value, at);
            }
            Some(_) => return Err(Error::Unexpected { due: DOT, at: end }),
        }
    }
}

/// The last number fills the bytes that the numbers before it left.
fn last(
    address: u32,
    before: u32,
    value: u32,
    at: usize,
) -> Result<Ipv4Addr, Error> {
    let most = u32::MAX >> (8 * before);
    Ok((address | up_to(most, value, at)?).into())
}

/// A number in base 8, 10 or 16, as strtoul(3) reads it in base 0; and where
/// it ends.
fn lenient(text: &[u8], at: usize) -> Result<(u32, usize), Error> {
    let (from, base) = match &text[at..] {
        [] => return Err(Error::Ends { due: NUMBER, at }),
        [b'0', b'x' | b'X', c, ..] if c.is_ascii_hexdigit() => (at + 2, 16),
        [b'0', ..] => (at, 8),
        [b'1'..=b'9', ..] => (at, 10),
        _ => return Err(Error::Unexpected { due: NUMBER, at }),
    };
    let digits = run(text, from, |c| char::from(*c).is_digit(base));
    let end = from + digits;
    let value = value(&text[from..end], base);
    Ok((up_to(u32::MAX, value, at)?, end))
}
// ANCHOR_END: aton

/// What isspace(3) calls white space in the C locale. Rust's
/// `is_ascii_whitespace` leaves the vertical tab out.
fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t'..=b'\r')
}

/// How many bytes from `at` on are as `fits` says.
fn run(text: &[u8], at: usize, fits: impl Fn(&u8) -> bool) -> usize {
    text[at..].iter().take_while(|c| fits(c)).count()
}

/// Steps over the byte that is due.
fn past(
    text: &[u8],
    at: usize,
    byte: u8,
    due: &'static str,
) -> Result<usize, Error> {
    match text.get(at) {
        Some(there) if *there == byte => Ok(at + 1),
        Some(_) => Err(Error::Unexpected { due, at }),
        None => Err(Error::Ends { due, at }),
    }
}

/// The value of digits. However many there are, it stays at the most that
/// fits, which is more than any place allows.
fn value(digits: &[u8], base: u32) -> u64 {
    let digit = |c: u8| char::from(c).to_digit(base).unwrap_or(0);
    digits.iter().fold(0u64, |value, c| {
        value.saturating_mul(base.into()).saturating_add(digit(*c).into())
    })
}

fn up_to(most: u32, value: impl Into<u64>, at: usize) -> Result<u32, Error> {
    let value = u32::try_from(value.into()).ok();
    value.filter(|v| *v <= most).ok_or(Error::TooLarge { most, at })
}

// ANCHOR: ntoa
/// Writes an address as four decimal numbers: inet_ntoa(3), and
/// `inet_ntop(AF_INET, …)`.
pub fn ntoa(address: Ipv4Addr) -> Text {
    let mut text = Text::new();
    write(address, &mut text);
    text
}

/// The same, behind what stands in `text`.
pub(crate) fn write(address: Ipv4Addr, text: &mut Text) {
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            text.push(b'.');
        }
        text.number(octet.into(), 10);
    }
}
// ANCHOR_END: ntoa
