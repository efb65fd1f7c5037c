//! Rejected by: the_end_before_the_first_byte_is_in_order, the_end_in_the_middle_is_an_error
//!
//! Takes 0 bytes for "not yet" and asks again, for ever.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
