//! Rejected by: a_missing_comma_is_refused, the_payload_may_hold_any_byte
//!
//! The payload ends at the first comma, as a line ends at its LF. A payload that
//! holds a comma is cut, and then found to be too short.

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
    let Some(end) = bytes[start..].iter().position(|byte| *byte == b',') else {
        return Ok(None);
    };
    if end != length {
        return Err(Refused::NoComma);
    }
    Ok(Some((&bytes[start..start + end], start + end + 1)))
}
