//! Rejected by: a_bad_length_is_refused_before_the_colon, a_zero_in_front_is_refused, garbage_is_survived
//!
//! Zeros in front don't change the number, so they are let pass.

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
        if !byte.is_ascii_digit() {
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
    let Some((payload, rest)) = bytes[start..].split_at_checked(length) else {
        return Ok(None);
    };
    match rest.first() {
        None => Ok(None),
        Some(b',') => Ok(Some((payload, start + length + 1))),
        Some(_) => Err(Refused::NoComma),
    }
}
