//! Rejected by: an_empty_frame_is_a_message
//!
//! A length of 0 is confused with a read of 0 bytes: an empty message ends
//! the conversation.

use std::io::{self, ErrorKind, Read};

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
    if length == 0 {
        return Ok(None);
    }
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}
