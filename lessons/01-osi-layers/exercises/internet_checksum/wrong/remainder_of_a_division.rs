//! Rejected by: a_checksum_may_be_zero, a_header_as_it_was_sent_is_intact, an_odd_message_is_intact_too, errors_that_cancel_out_are_not_noticed, many_words_do_not_overflow_the_sum
//!
//! A sum with end-around carry is a remainder modulo 65535, it is said. It
//! is, but for one case: where the remainder is 0, the sum is ffff, unless
//! all words are 0.

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
    sum %= 0xffff;
    // It is 16 bits by now: the cast loses nothing.
    sum as u16
}
