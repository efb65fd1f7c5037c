//! Rejected by: the_end_before_the_first_byte_is_in_order
//!
//! Takes every end for an error, as `Read::read_exact` does.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
