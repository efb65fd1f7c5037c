//! Rejected by: a_lying_length_costs_no_memory
//!
//! The limit is examined, but after the room was made: four bytes from a
//! stranger decide how much memory is taken.

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
    let mut payload = vec![0; length];
    if payload.len() > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}
