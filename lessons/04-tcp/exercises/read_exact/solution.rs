//! Read exactly so many bytes.
//!
//! What to notice:
//!
//! - `&mut buffer[filled..]` does two things. Each read goes behind the one
//!   before, and none can take more than the buffer still lacks.
//! - The same 0 means two things, and only `filled` tells which: nothing
//!   came, so the peer had finished; or something came, so it was cut off.
//! - An orderly end is a value, not an error: it is how every conversation
//!   ends. Whoever reads message after message stops at `false`.
//! - `Read::read_exact` of the standard library is this function without
//!   that distinction: it answers `UnexpectedEof` to both.

use std::io::{self, ErrorKind, Read};

/// Fills `buffer` from `reader`: `true` when it is full, `false` when the
/// stream ended before the first byte.
pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            // RFC 9293, section 3.6: a FIN comes behind all the data.
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            // EINTR: a signal arrived; signal(7) says try again.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
