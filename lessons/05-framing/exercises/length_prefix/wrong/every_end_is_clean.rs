//! Rejected by: the_end_inside_the_length_is_an_error, the_end_inside_the_payload_is_an_error
//!
//! `read_exact` reports the clean end as UnexpectedEof, so UnexpectedEof is
//! taken for the clean end. A connection that breaks inside a frame now
//! looks like one that was closed in order.

use std::io::{self, ErrorKind, Read};

pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    match read_whole(stream, limit) {
        Ok(payload) => Ok(Some(payload)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_whole(stream: &mut impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(payload)
}
