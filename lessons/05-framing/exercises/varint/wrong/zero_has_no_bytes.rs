//! Rejected by: a_number_up_to_127_is_one_byte, what_is_decoded_would_be_encoded_so, what_is_encoded_is_decoded
//!
//! The loop runs while there is something left of the number, and of 0 there
//! is nothing from the start.

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
    while number > 0 {
        let more = if number >= 0x80 { 0x80 } else { 0 };
        bytes.push((number & 0x7f) as u8 | more);
        number >>= 7;
    }
    bytes
}

pub fn decode(bytes: &[u8]) -> Result<Option<(u64, usize)>, Refused> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if index == 9 && *byte > 1 {
            return Err(Refused::TooLarge);
        }
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            if *byte == 0 && index > 0 {
                return Err(Refused::NotShortest);
            }
            return Ok(Some((number, index + 1)));
        }
    }
    Ok(None)
}
