//! Rejected by: more_than_64_bits_are_refused
//!
//! `checked_shl` guards against a shift of 64 or more, not against the bits
//! that a shift by 63 pushes out.

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
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if index == 9 && byte & 0x80 != 0 {
            return Err(Refused::TooLarge);
        }
        let group = u64::from(byte & 0x7f).checked_shl(7 * index as u32);
        number |= group.ok_or(Refused::TooLarge)?;
        if byte & 0x80 == 0 {
            if *byte == 0 && index > 0 {
                return Err(Refused::NotShortest);
            }
            return Ok(Some((number, index + 1)));
        }
    }
    Ok(None)
}
