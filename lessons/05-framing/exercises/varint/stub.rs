//! Write numbers in as few bytes as they need.
//!
//! Four bytes of length in front of a message of two bytes are a waste. A
//! varint spends one byte on a small number and up to ten on a great one.
//! Write `encode` and `decode` for `u64`. The form is LEB128, as Protocol
//! Buffers and WebAssembly have it:
//!
//! ```text
//!  300             1 0010 1100           in binary
//!            000 0010   010 1100           seven bits each
//!          1 010 1100 0 000 0010           lowest first; top bit: more follow
//!              ac         02
//!
//!  0 = 00   127 = 7f   128 = 80 01   u64::MAX = ff ff ff ff ff ff ff ff ff 01
//! ```
//!
//! `decode` looks at the front of what has come so far:
//!
//! | The bytes begin with                     | The answer                    |
//! | ---------------------------------------- | ----------------------------- |
//! | a whole varint                           | `Ok(Some((number, length)))`  |
//! | a part of one, or there are none         | `Ok(None)`: not enough yet    |
//! | a number that doesn't fit 64 bits        | `Err(Refused::TooLarge)`      |
//! | a number in more bytes than it needs     | `Err(Refused::NotShortest)`   |
//!
//! - `length` counts the bytes of the varint. What lies behind them is not
//!   looked at.
//! - Ten bytes are the most. A tenth byte above 1 is refused when it comes,
//!   also where it announces an eleventh.
//! - `80 00` is 0 in two bytes: the last group adds nothing. Protocol Buffers
//!   accept that; here it is refused, so that a number has one form only.
//!
//! Check it: `cargo workbook check varint`
//!
//! Read chapter 05, "Numbers in few bytes".

/// Why the bytes are not a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The number needs more than 64 bits.
    TooLarge,
    /// The number would fit into fewer bytes.
    NotShortest,
}

/// Gives the bytes of a number.
pub fn encode(number: u64) -> Vec<u8> {
    todo!("seven bits a byte, the least significant first")
}

/// Reads the number at the front of `bytes`, and says how many bytes it has.
pub fn decode(bytes: &[u8]) -> Result<Option<(u64, usize)>, Refused> {
    todo!("put the groups together until a byte has no top bit")
}
