//! Rejected by: a_length_above_the_limit_is_refused, a_lying_length_costs_no_memory
//!
//! A message that is too long is shortened instead of refused. The rest of
//! its payload is then read as the next frame's length.

use std::io::{self, Read};

pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut first = Vec::new();
    if stream.by_ref().take(1).read_to_end(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = [first[0], 0, 0, 0];
    stream.read_exact(&mut length[1..])?;
    let length = u32::from_be_bytes(length) as usize;
    let mut payload = vec![0; length.min(limit)];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}
