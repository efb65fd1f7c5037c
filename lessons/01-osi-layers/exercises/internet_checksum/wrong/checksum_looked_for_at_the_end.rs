//! Rejected by: an_odd_message_is_intact_too
//!
//! The receiver takes the last two bytes for the checksum and compares. In a
//! header it stands in the middle.

/// Gives the checksum of these bytes.
pub fn checksum(bytes: &[u8]) -> u16 {
    !folded_sum(bytes)
}

/// Whether the bytes are as they were sent, as far as their checksum tells.
/// The checksum is in them, wherever its place may be.
pub fn is_intact(bytes: &[u8]) -> bool {
    let Some((rest, stored)) = bytes.split_last_chunk() else {
        return false;
    };
    checksum(rest) == u16::from_be_bytes(*stored)
}

/// Adds up the words in one's complement arithmetic.
fn folded_sum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| match *pair {
        [high, low] => u16::from_be_bytes([high, low]),
        [odd] => u16::from_be_bytes([odd, 0]),
        _ => 0,
    });
    let mut sum: u64 = words.map(u64::from).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // It is 16 bits by now: the cast loses nothing.
    sum as u16
}
