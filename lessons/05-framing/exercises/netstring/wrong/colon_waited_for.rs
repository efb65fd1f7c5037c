//! Rejected by: a_bad_length_is_refused_before_the_colon, digits_alone_are_enough_to_refuse, lengths_without_measure_do_not_overflow
//!
//! Everything about the length is judged, but only once its colon has come. A
//! peer that sends digits for ever is listened to for ever.

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
    let digits = &bytes[..colon];
    let zero_in_front = digits.len() > 1 && digits[0] == b'0';
    if zero_in_front || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Refused::BadLength);
    }
    let digits = String::from_utf8_lossy(digits);
    if digits.is_empty() {
        return Err(Refused::BadLength);
    }
    let length: usize = digits.parse().map_err(|_| Refused::TooLong)?;
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
