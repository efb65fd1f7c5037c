//! Speak netstrings: a length that people can read.
//!
//! A netstring is the length in decimal digits, a colon, the payload and a
//! comma. D. J. Bernstein proposed it in 1997 as a replacement for lines. The
//! comma is not a delimiter: it catches peers that count wrong.
//!
//! ```text
//!  5:hello,      "hello"
//!  0:,           an empty payload
//!  3:a,b,        "a,b": commas, colons, zeros, any byte may be in it
//! ```
//!
//! Write `encode`, and `decode`, which looks at the front of what has come
//! so far:
//!
//! | The bytes begin with                  | The answer                     |
//! | ------------------------------------- | ------------------------------ |
//! | a whole netstring                     | `Ok(Some((payload, length)))`  |
//! | a part of one, or there are none      | `Ok(None)`: not enough yet     |
//! | no digits, or something else in them  | `Err(Refused::BadLength)`      |
//! | a payload of more than `limit` bytes  | `Err(Refused::TooLong)`        |
//! | a payload with no comma behind it     | `Err(Refused::NoComma)`        |
//!
//! - `length` counts all bytes of the netstring, comma included. What lies
//!   behind it is not looked at.
//! - The digits are `0` to `9` and nothing else: no sign, no space. A zero at
//!   the front is `BadLength` too, except in `0:,`.
//! - A fault is reported with the byte that shows it, not later: `05`, `x`
//!   and, with a limit of 5, `6` are refused before a colon has come.
//! - Nothing a peer sends makes the arithmetic overflow, whatever the limit.
//!
//! Check it: `cargo workbook check netstring`
//!
//! Read chapter 05, "Netstrings".

/// Why the bytes are not a netstring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The length is not a decimal number in its shortest form.
    BadLength,
    /// The payload is longer than the limit.
    TooLong,
    /// Another byte stands where the comma is due.
    NoComma,
}

/// Gives the netstring that carries `payload`.
pub fn encode(payload: &[u8]) -> Vec<u8> {
    todo!("length, colon, payload, comma")
}

/// Finds the payload at the front of `bytes`, of at most `limit` bytes, and
/// says how many bytes the whole netstring has.
pub fn decode(
    bytes: &[u8],
    limit: usize,
) -> Result<Option<(&[u8], usize)>, Refused> {
    todo!("digits up to the colon, then the payload, then the comma")
}
