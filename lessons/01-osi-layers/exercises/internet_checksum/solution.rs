//! What to notice:
//!
//! - The sum is kept in 64 bits. It has room for more words than any memory
//!   holds, so the carries can wait and be folded in once, at the end.
//! - `while` and not `if`: folding `1ffff` gives `10000`, which has a carry
//!   again.
//! - `chunks(2)` gives the odd byte as a chunk of its own. Both shapes of a
//!   chunk become a word in one place.
//! - The receiver needs no second algorithm, and need not know where the
//!   checksum stands: a number and its inverse add up to `ffff`.
//! - The order of the words makes no difference to the sum. That is why it
//!   is cheap, and why it can't notice that two words were swapped.

/// Gives the checksum of these bytes.
pub fn checksum(bytes: &[u8]) -> u16 {
    !folded_sum(bytes)
}

/// Whether the bytes are as they were sent, as far as their checksum tells.
/// The checksum is in them, wherever its place may be.
pub fn is_intact(bytes: &[u8]) -> bool {
    // RFC 1071, section 1: "If the result is all 1 bits (-0 in 1's
    // complement arithmetic), the check succeeds."
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
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // It is 16 bits by now: the cast loses nothing.
    sum as u16
}
