//! Rejected by: a_netstring_is_decoded, an_empty_payload_is_a_message, the_payload_may_hold_any_byte, what_lies_behind_the_comma_is_left_alone, a_payload_of_the_limit_is_accepted, garbage_is_survived
//!
//! The second number is taken for the length of the payload. The caller goes on
//! reading in the middle of the message that it has had.

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

/// Gives the netstring that carries `payload`.
pub fn encode(payload: &[u8]) -> Vec<u8> {
    let length = payload.len().to_string();
    [length.as_bytes(), b":", payload, b","].concat()
}

/// Finds the payload at the front of `bytes`, of at most `limit` bytes, and
/// says how many bytes the whole netstring has.
pub fn decode(
    bytes: &[u8],
    limit: usize,
) -> Result<Option<(&[u8], usize)>, Refused> {
    let Some((length, digits)) = decode_length(bytes, limit)? else {
        return Ok(None);
    };
    let rest = &bytes[digits + 1..];
    let Some((payload, rest)) = rest.split_at_checked(length) else {
        return Ok(None);
    };
    match rest.first() {
        None => Ok(None),
        Some(b',') => Ok(Some((payload, length))),
        Some(_) => Err(Refused::NoComma),
    }
}

/// Reads the digits up to the colon: the number, and how many they are.
fn decode_length(
    bytes: &[u8],
    limit: usize,
) -> Result<Option<(usize, usize)>, Refused> {
    let mut length = 0_usize;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b':' if index > 0 => return Ok(Some((length, index))),
            // "The [len] begins with 30 exactly when [string] is empty."
            b'0'..=b'9' if bytes[0] != b'0' || index == 0 => {}
            _ => return Err(Refused::BadLength),
        }
        let digit = usize::from(byte - b'0');
        length = length
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(digit))
            .filter(|length| *length <= limit)
            .ok_or(Refused::TooLong)?;
    }
    Ok(None)
}
