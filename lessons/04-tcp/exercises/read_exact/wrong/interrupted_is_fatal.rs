//! Rejected by: an_interrupted_read_is_tried_again
//!
//! Gives up when a signal interrupts a read: `?` is not for every error.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..])? {
            0 if filled == 0 => return Ok(false),
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => filled += count,
        }
    }
    Ok(true)
}
