//! Rejected by: an_eleventh_byte_is_not_waited_for, more_than_64_bits_are_refused
//!
//! The loop goes on for as long as the peer sets the top bit. The tenth byte
//! loses bits, and from the eleventh on the shift overflows: a panic in a debug
//! build, garbage in a release build.

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
