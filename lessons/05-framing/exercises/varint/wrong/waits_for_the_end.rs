//! Rejected by: an_eleventh_byte_is_not_waited_for
//!
//! The last byte is looked for first, and all judgement waits for it. A peer
//! that never clears the top bit is waited for for ever.

/// Why the bytes are not a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The number needs more than 64 bits.
    TooLarge,
    /// The number would fit into fewer bytes.
    NotShortest,
}

pub fn encode(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

pub fn decode(bytes: &[u8]) -> Result<Option<(u64, usize)>, Refused> {
    let Some(last) = bytes.iter().position(|byte| byte & 0x80 == 0) else {
        return Ok(None);
    };
    if last > 9 || last == 9 && bytes[9] > 1 {
        return Err(Refused::TooLarge);
    }
    if last > 0 && bytes[last] == 0 {
        return Err(Refused::NotShortest);
    }
    let groups = bytes[..=last].iter().rev();
    let number = groups.fold(0, |n, byte| n << 7 | u64::from(byte & 0x7f));
    Ok(Some((number, last + 1)))
}
