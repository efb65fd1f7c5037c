//! What to notice:
//!
//! - `encode` writes the last byte outside the loop, so that 0 gets one.
//! - `decode` looks at ten bytes at the most, whatever was handed to it. No
//!   shift can reach 64 then, and nothing a peer sends makes the loop long.
//! - The tenth byte carries one bit. Both faults, too many bits and an
//!   eleventh byte, are the same comparison: it is above 1.
//! - Running out of bytes is not a fault. The caller keeps them and asks
//!   again; the few bytes are read twice, which costs less than a state.
//! - One form for each number. Protocol Buffers are laxer; where
//!   bytes are compared, as in signatures and caches, one must be strict.

/// Why the bytes are not a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The number needs more than 64 bits.
    TooLarge,
    /// The number would fit into fewer bytes.
    NotShortest,
}

const MORE: u8 = 0x80;

/// Gives the bytes of a number.
pub fn encode(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(10);
    while number >= u64::from(MORE) {
        // The cast keeps the lowest eight bits; MORE covers the eighth.
        bytes.push(number as u8 | MORE);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// Reads the number at the front of `bytes`, and says how many bytes it has.
pub fn decode(bytes: &[u8]) -> Result<Option<(u64, usize)>, Refused> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        if index == 9 && *byte > 1 {
            return Err(Refused::TooLarge);
        }
        number |= u64::from(byte & !MORE) << (7 * index);
        if byte & MORE == 0 {
            let shortest = *byte != 0 || index == 0;
            let answer = Some((number, index + 1));
            return shortest.then_some(answer).ok_or(Refused::NotShortest);
        }
    }
    Ok(None)
}
