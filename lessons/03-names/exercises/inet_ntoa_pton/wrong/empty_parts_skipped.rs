//! Rejected by: no_number_is_missing, there_are_four_numbers_and_no_more
//!
//! Empty parts are left out, and four numbers are found all the same.

/// The address as dotted decimal: inet_ntoa(3).
pub fn inet_ntoa(address: [u8; 4]) -> String {
    address.map(|byte| byte.to_string()).join(".")
}

/// The address that `text` is, if it is one: inet_pton(3) for AF_INET.
pub fn inet_pton(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.').filter(|part| !part.is_empty());
    let mut address = [0; 4];
    for byte in &mut address {
        *byte = number(parts.next()?)?;
    }
    parts.next().is_none().then_some(address)
}

/// A decimal number from 0 to 255 in its shortest form.
fn number(part: &str) -> Option<u8> {
    let is_digits = part.bytes().all(|byte| byte.is_ascii_digit());
    let is_shortest = part == "0" || !part.starts_with('0');
    // `parse` refuses an empty part and what exceeds 255.
    part.parse().ok().filter(|_| is_digits && is_shortest)
}
