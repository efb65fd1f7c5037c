//! Rejected by: a_header_as_it_was_sent_is_intact, an_odd_message_is_intact_too, errors_that_cancel_out_are_not_noticed, zeros_alone_are_not_intact
//!
//! The receiver expects the sum to be 0, since sum and inverse should cancel
//! out. In one's complement they give ffff, the other zero.

/// Gives the checksum of these bytes.
pub fn checksum(bytes: &[u8]) -> u16 {
    !folded_sum(bytes)
}

/// Whether the bytes are as they were sent, as far as their checksum tells.
/// The checksum is in them, wherever its place may be.
pub fn is_intact(bytes: &[u8]) -> bool {
    folded_sum(bytes) == 0
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
