//! Rejected by: single_bytes_fill_the_buffer_in_order, every_cut_gives_the_same_bytes, an_interrupted_read_is_tried_again, an_error_is_returned_as_it_is, an_empty_buffer_is_full_without_a_read, a_megabyte_is_read_from_a_real_socket
//!
//! Believes that one read fills the buffer.

use std::io::{self, ErrorKind, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    match reader.read(buffer)? {
        0 => Ok(false),
        count if count == buffer.len() => Ok(true),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}
