//! What to notice:
//!
//! - Each text is the text of one address, and each address has one text. So
//!   two programs can't disagree about it, and addresses may be compared as
//!   texts. With `inet_aton`'s forms neither holds.
//! - `parse` alone is too lenient: it takes a plus sign and zeros in front.
//!   What it refuses, it refuses well: an empty part, and 256.
//! - The loop takes four parts and then asks for a fifth. Who only counts what
//!   is there, or only takes what is needed, misses one of the two faults.
//! - `split` gives an empty part at each end where a dot stands there, so a dot
//!   too many needs no code of its own.

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
    // `parse` refuses an empty part and what exceeds 255.
    part.parse().ok().filter(|_| is_digits && is_shortest)
}
