//! Rejected by: a_frame_is_read, a_frame_survives_being_split_into_single_bytes, a_frame_survives_every_cut, a_length_of_the_limit_is_accepted, a_length_uses_all_four_bytes, a_lying_length_costs_no_memory, a_reset_is_passed_on, an_empty_frame_is_a_message, an_interrupted_read_is_tried_again, nothing_behind_the_frame_is_taken, the_end_before_a_frame_is_none, the_end_inside_the_payload_is_an_error, three_frames_in_one_piece_are_three_answers
//!
//! The length is read in this machine's byte order. Reader and writer agree
//! as long as both are the same program on the same kind of machine.

use std::io::{self, ErrorKind, Read};

pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length) as usize;
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}
