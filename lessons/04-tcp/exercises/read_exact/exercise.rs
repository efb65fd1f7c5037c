//! Read exactly so many bytes.
//!
//! A read gives what has arrived: one byte, or all that fits, or anything
//! between. Write the function that reads until a buffer is full, and that
//! tells an orderly end from a connection cut off in the middle.
//!
//! What `read_exact` answers:
//!
//! | The stream                       | The answer             |
//! | -------------------------------- | ---------------------- |
//! | gives enough bytes               | `Ok(true)`             |
//! | ends before the first byte       | `Ok(false)`            |
//! | ends when some bytes have come   | `Err`, `UnexpectedEof` |
//! | fails                            | `Err`, the same error  |
//!
//! - Take no byte more than the buffer holds. The next one belongs to the
//!   next call.
//! - A read that a signal interrupts (`ErrorKind::Interrupted`) is tried
//!   again.
//! - An empty buffer is full from the start: `Ok(true)`, without a read.
//! - `Read::read_exact` is not what is asked: it takes every end for an
//!   error. Do without it.
//!
//! Check it: `cargo workbook check read_exact`
//!
//! Read chapter 04, "A read returns what has arrived" and "Zero bytes is the
//! end".

use std::io::{self, Read};

/// Fills `buffer` from `reader`: `true` when it is full, `false` when the
/// stream ended before the first byte.
pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    todo!("read into what is not filled yet, until nothing is left of it")
}
