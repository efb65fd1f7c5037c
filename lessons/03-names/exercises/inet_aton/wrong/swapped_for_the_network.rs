//! Rejected by: four_parts_are_four_bytes, the_last_of_fewer_parts_fills_the_rest, a_zero_in_front_means_octal, a_zero_and_an_x_mean_hexadecimal, the_last_part_is_as_large_as_its_bytes_allow, a_number_of_any_length_does_not_overflow, white_space_ends_the_address, white_space_is_what_the_c_library_says
//!
//! inet_aton(3) of C gives the number in network byte order, so the bytes are
//! swapped. `Ipv4Addr` takes the number as it is, and does that by itself.

use std::net::Ipv4Addr;

/// The address that `text` begins with, if it does: inet_aton(3).
pub fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    // isspace(3). Rust's `is_ascii_whitespace` leaves the vertical tab out.
    let is_space = |c: char| matches!(c, ' ' | '\t'..='\r');
    let address = text.split(is_space).next()?;
    let parts: Vec<&str> = address.split('.').collect();
    let (last, front) = parts.split_last()?;
    if front.len() > 3 {
        return None;
    }
    let mut value = 0;
    for (index, part) in front.iter().enumerate() {
        value |= number(part, 0xff)? << (24 - 8 * index);
    }
    let most = u32::MAX >> (8 * front.len());
    Some((value | number(last, most)?).swap_bytes().into())
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
