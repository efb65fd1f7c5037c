//! Rejected by: a_bad_length_is_refused_before_the_colon, a_length_is_digits_and_nothing_else, a_zero_in_front_is_refused, digits_alone_are_enough_to_refuse, garbage_is_survived, lengths_without_measure_do_not_overflow
//!
//! The colon is looked for, and `str::parse` reads what is in front of it. It
//! takes a plus and zeros in front, and nothing is judged before the colon.

/// Why the bytes are not a netstring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The length is not a decimal number in its shortest form.
    BadLength,
    /// The payload is longer than the limit.
    TooLong,
    /// Another byte stands where the comma is due.
    NoComma,
}

pub fn encode(payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{}:", payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes.push(b',');
    bytes
}

pub fn decode(
    bytes: &[u8],
    limit: usize,
) -> Result<Option<(&[u8], usize)>, Refused> {
    let Some(colon) = bytes.iter().position(|byte| *byte == b':') else {
        return Ok(None);
    };
    let digits = std::str::from_utf8(&bytes[..colon]);
    let digits = digits.map_err(|_| Refused::BadLength)?;
    let length: usize = digits.parse().map_err(|_| Refused::BadLength)?;
    if length > limit {
        return Err(Refused::TooLong);
    }
    let start = colon + 1;
    let Some((payload, rest)) = bytes[start..].split_at_checked(length) else {
        return Ok(None);
    };
    match rest.first() {
        None => Ok(None),
        Some(b',') => Ok(Some((payload, start + length + 1))),
        Some(_) => Err(Refused::NoComma),
    }
}
