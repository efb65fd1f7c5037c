//! Compute the internet checksum.
//!
//! IPv4, ICMP, UDP and TCP protect their bytes by the same 16 bits of
//! checksum (RFC 1071). Write `checksum` for the sender and `is_intact` for
//! the receiver.
//!
//! ```text
//!  bytes     00 01  f2 03  f4 f5  f6 f7
//!  words      0001 + f203 + f4f5 + f6f7   =  2 ddf0
//!  fold                       2 + ddf0    =    ddf2
//!  invert                       ! ddf2    =    220d   the checksum
//! ```
//!
//! - Two bytes are one word of 16 bits, the first byte the higher one.
//! - An odd byte at the end is the higher byte of a word whose lower byte
//!   is 0.
//! - What doesn't fit 16 bits is added to the lowest 16 bits, until it fits:
//!   the "end-around carry" of one's complement arithmetic.
//! - The checksum is that sum with every bit inverted.
//! - The sender puts 0 where the checksum belongs, computes, and writes the
//!   checksum there. The receiver adds up all words, the checksum among them.
//!   The bytes are intact if that sum, folded, is `ffff`.
//! - The bytes may be none, and they may be many: a megabyte is nothing
//!   special.
//!
//! Check it: `cargo workbook check internet_checksum`
//!
//! Read chapter 01, "The internet checksum".

/// Gives the checksum of these bytes.
pub fn checksum(bytes: &[u8]) -> u16 {
    todo!("add the words, fold, invert")
}

/// Whether the bytes are as they were sent, as far as their checksum tells.
/// The checksum is in them, wherever its place may be.
pub fn is_intact(bytes: &[u8]) -> bool {
    todo!("add the words, the checksum among them")
}
