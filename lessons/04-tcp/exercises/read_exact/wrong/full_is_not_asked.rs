//! Rejected by: what_comes_in_one_piece_is_read, single_bytes_fill_the_buffer_in_order, every_cut_gives_the_same_bytes, nothing_behind_the_buffer_is_taken, the_end_before_the_first_byte_is_in_order, an_interrupted_read_is_tried_again, an_empty_buffer_is_full_without_a_read, a_megabyte_is_read_from_a_real_socket
//!
//! Goes on until a read returns 0, and takes that for the end. A read into a
//! buffer without room returns 0 as well.

use std::io::{self, ErrorKind, Read};

/// Fills `buffer` from `reader`: `true` when it is full, `false` when the
/// stream ended before the first byte.
pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut filled = 0;
    loop {
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
}
