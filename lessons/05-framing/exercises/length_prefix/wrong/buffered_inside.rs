//! Rejected by: an_empty_frame_is_a_message, nothing_behind_the_frame_is_taken, three_frames_in_one_piece_are_three_answers
//!
//! A `BufReader` made inside the function reads ahead, up to 8 KiB. What it
//! holds beyond the frame is dropped with it when the function returns.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut reader = BufReader::new(stream);
    loop {
        match reader.fill_buf() {
            Ok([]) => return Ok(None),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    reader.read_exact(&mut payload)?;
    Ok(Some(payload))
}
