//! Rejected by: a_fold_that_carries_is_folded_again, many_words_do_not_overflow_the_sum
//!
//! The carries are folded in once. That the fold itself can carry is rare
//! enough to pass many a test.

/// Gives the checksum of these bytes.
pub fn checksum(bytes: &[u8]) -> u16 {
    !folded_sum(bytes)
}

/// Whether the bytes are as they were sent, as far as their checksum tells.
/// The checksum is in them, wherever its place may be.
pub fn is_intact(bytes: &[u8]) -> bool {
    folded_sum(bytes) == 0xffff
}

/// Adds up the words in one's complement arithmetic.
fn folded_sum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| match *pair {
        [high, low] => u16::from_be_bytes([high, low]),
        [odd] => u16::from_be_bytes([odd, 0]),
        _ => 0,
    });
    let mut sum: u64 = words.map(u64::from).sum();
    sum = (sum & 0xffff) + (sum >> 16);
    // It is 16 bits by now: the cast loses nothing.
    sum as u16
}
