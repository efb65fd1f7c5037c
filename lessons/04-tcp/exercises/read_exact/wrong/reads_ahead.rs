//! Rejected by: nothing_behind_the_buffer_is_taken, an_interrupted_read_is_tried_again
//!
//! Reads through a buffer of its own. What that took beyond the five bytes is
//! gone when the function returns.

use std::io::{self, BufRead, BufReader, Read};

pub fn read_exact(
    reader: &mut impl Read,
    buffer: &mut [u8],
) -> io::Result<bool> {
    let mut reader = BufReader::new(reader);
    if !buffer.is_empty() && reader.fill_buf()?.is_empty() {
        return Ok(false);
    }
    reader.read_exact(buffer)?;
    Ok(true)
}
