//! Rejected by: a_number_is_255_at_most
//!
//! The digits are summed up in 32 bits and compared with 255 at the end: a
//! number that is large enough is small again.

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
    let is_digits = part.bytes().all(|byte| byte.is_ascii_digit());
    let is_shortest = part == "0" || !part.starts_with('0');
    if part.is_empty() || !is_digits || !is_shortest {
        return None;
    }
    let value = part.bytes().fold(0u32, |value, digit| {
        value.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'))
    });
    u8::try_from(value).ok()
}
