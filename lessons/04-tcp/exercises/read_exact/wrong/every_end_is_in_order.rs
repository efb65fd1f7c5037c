//! Rejected by: the_end_in_the_middle_is_an_error
//!
//! Takes every end for an orderly one. Half a message is thrown away, and the
//! caller never learns that it existed.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(false),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
