//! Rejected by: a_length_of_the_limit_is_accepted, a_lying_length_costs_no_memory
//!
//! The limit is compared with the whole frame, its four bytes of length
//! included; and the sum overflows when the length is near its greatest.

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
    if (length + 4) as usize > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}
