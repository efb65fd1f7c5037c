//! Rejected by: single_bytes_fill_the_buffer_in_order, every_cut_gives_the_same_bytes, an_interrupted_read_is_tried_again, a_megabyte_is_read_from_a_real_socket
//!
//! Goes on reading, but lets every read begin at the start of the buffer.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(buffer) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
