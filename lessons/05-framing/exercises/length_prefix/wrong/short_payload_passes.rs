//! Rejected by: the_end_inside_the_payload_is_an_error
//!
//! `take` and `read_to_end` stop at the length or at the end of the stream,
//! whichever comes first, and nobody asks which it was.

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
    let length = u32::from_be_bytes(length);
    if length as usize > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = Vec::new();
    stream.take(u64::from(length)).read_to_end(&mut payload)?;
    Ok(Some(payload))
}
