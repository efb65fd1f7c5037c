//! Read one message behind its length.
//!
//! Write `read_frame`. It takes one frame out of a stream and gives back the
//! frame's payload. A frame is four bytes of length, big-endian, and then
//! that many bytes of payload:
//!
//! ```text
//!  00 00 00 05  68 65 6c 6c 6f      "hello"
//!  └─ length ┘  └─ payload ──┘
//! ```
//!
//! What `read_frame` answers:
//!
//! | The stream                          | The answer               |
//! | ----------------------------------- | ------------------------ |
//! | holds a whole frame                 | `Ok(Some(payload))`      |
//! | ends before a frame began           | `Ok(None)`               |
//! | ends inside a frame                 | `Err`, `UnexpectedEof`   |
//! | announces more than `limit` bytes   | `Err`, `InvalidData`     |
//! | fails                               | `Err`, the same error    |
//!
//! - A length of 0 is a frame: an empty message.
//! - Take nothing that lies behind the frame. It belongs to the next call.
//! - Refuse a length above `limit` before you make room for the payload.
//! - A read that a signal interrupts (`ErrorKind::Interrupted`) is tried
//!   again.
//!
//! Check it: `cargo workbook check length_prefix`
//!
//! Read chapter 05, "A length" and "Bounds".

use std::io::{self, Read};

/// Reads one frame of at most `limit` bytes of payload.
pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    todo!("read the length, look at it, then read the payload")
}
