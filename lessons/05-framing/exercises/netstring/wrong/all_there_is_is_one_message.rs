//! Rejected by: a_missing_comma_is_refused, garbage_is_survived, lengths_without_measure_do_not_overflow, what_lies_behind_the_comma_is_left_alone
//!
//! The last byte that has come is taken for the comma, and everything before it
//! for the payload. It holds as long as every read brings one netstring.

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
    let mut length = 0_usize;
    let mut start = 0;
    loop {
        let Some(byte) = bytes.get(start) else {
            return Ok(None);
        };
        start += 1;
        if *byte == b':' && start > 1 {
            break;
        }
        if !byte.is_ascii_digit() || start > 1 && bytes[0] == b'0' {
            return Err(Refused::BadLength);
        }
        let digit = usize::from(byte - b'0');
        length = length
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(digit))
            .ok_or(Refused::TooLong)?;
        if length > limit {
            return Err(Refused::TooLong);
        }
    }
    let rest = &bytes[start..];
    if rest.len() < length + 1 {
        return Ok(None);
    }
    match rest.split_last() {
        Some((b',', payload)) => Ok(Some((payload, bytes.len()))),
        _ => Err(Refused::NoComma),
    }
}
