//! Rejected by: a_number_of_any_length_does_not_overflow, a_zero_and_an_x_mean_hexadecimal, a_zero_in_front_means_octal, the_last_of_fewer_parts_fills_the_rest, the_last_part_is_as_large_as_its_bytes_allow, white_space_ends_the_address
//!
//! Only the usual form is known: four decimal numbers.

use std::net::Ipv4Addr;

/// The address that `text` begins with, if it does: inet_aton(3).
pub fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    // isspace(3). Rust's `is_ascii_whitespace` leaves the vertical tab out.
    let is_space = |c: char| matches!(c, ' ' | '\t'..='\r');
    let address = text.split(is_space).next()?;
    let parts: Vec<&str> = address.split('.').collect();
    if parts.len() != 4 {
        return None;
    }
    let mut value = 0;
    for part in parts {
        value = (value << 8) | number(part, 0xff)?;
    }
    Some(value.into())
}

/// A part's number, in the base that its first digits tell: `most` at most.
fn number(part: &str, most: u32) -> Option<u32> {
    let hex = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X"));
    let (digits, base) = match (hex, part.starts_with('0')) {
        (Some(digits), _) => (digits, 16),
        (None, true) => (part, 8),
        (None, false) => (part, 10),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0u32;
    for digit in digits.chars() {
        let digit = digit.to_digit(base)?;
        value = value.checked_mul(base)?.checked_add(digit)?;
    }
    (value <= most).then_some(value)
}
