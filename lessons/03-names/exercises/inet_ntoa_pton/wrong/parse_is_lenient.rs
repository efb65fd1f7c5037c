//! Rejected by: a_number_is_decimal_digits, a_zero_in_front_is_refused
//!
//! `parse` reads the numbers: it takes a plus sign, and zeros in front.

/// The address as dotted decimal: inet_ntoa(3).
pub fn inet_ntoa(address: [u8; 4]) -> String {
    address.map(|byte| byte.to_string()).join(".")
}

/// The address that `text` is, if it is one: inet_pton(3) for AF_INET.
pub fn inet_pton(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut address = [0; 4];
    for byte in &mut address {
        *byte = number(parts.next()?)?;
    }
    parts.next().is_none().then_some(address)
}

/// A decimal number from 0 to 255 in its shortest form.
fn number(part: &str) -> Option<u8> {
    part.parse().ok()
}
