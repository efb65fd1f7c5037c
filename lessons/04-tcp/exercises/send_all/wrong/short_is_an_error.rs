//! Rejected by: a_short_send_is_continued_behind_what_was_taken, single_bytes_add_up, an_interrupted_send_is_tried_again, a_peer_that_takes_nothing_more_is_an_error, an_error_is_returned_as_it_is, megabytes_pass_through_a_real_socket
//!
//! Notices that a send was short, and takes it for a failure.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    loop {
        match writer.write(bytes) {
            Ok(count) if count == bytes.len() => return Ok(()),
            Ok(_) => return Err(ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
