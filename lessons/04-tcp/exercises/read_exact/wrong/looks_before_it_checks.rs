//! Rejected by: an_empty_buffer_is_full_without_a_read
//!
//! Reads first and asks afterwards whether anything was wanted.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    loop {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled == buffer.len() {
            return Ok(true);
        }
    }
}
