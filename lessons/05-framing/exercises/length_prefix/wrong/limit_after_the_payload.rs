//! Rejected by: a_lying_length_costs_no_memory
//!
//! The payload is read in full and then found too long. Whoever sends the
//! length decides how long this reader waits and how much it stores.

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
    let length = u64::from(u32::from_be_bytes(length));
    let mut payload = Vec::new();
    stream.take(length).read_to_end(&mut payload)?;
    if (payload.len() as u64) < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if payload.len() > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(Some(payload))
}
