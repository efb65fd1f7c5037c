//! Rejected by: a_frame_survives_being_split_into_single_bytes, a_frame_survives_every_cut, a_reset_is_passed_on, an_interrupted_read_is_tried_again, the_end_inside_the_length_is_an_error, the_end_inside_the_payload_is_an_error
//!
//! One read for the length and one for the payload. It works on the
//! author's machine, where the whole frame has always arrived by then.

use std::io::{self, ErrorKind, Read};

pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if stream.read(&mut length)? == 0 {
        return Ok(None);
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    let count = stream.read(&mut payload)?;
    payload.truncate(count);
    Ok(Some(payload))
}
