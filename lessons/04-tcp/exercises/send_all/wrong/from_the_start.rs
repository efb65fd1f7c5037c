//! Rejected by: a_short_send_is_continued_behind_what_was_taken, single_bytes_add_up, an_interrupted_send_is_tried_again, a_peer_that_takes_nothing_more_is_an_error, an_error_is_returned_as_it_is, megabytes_pass_through_a_real_socket
//!
//! Counts what has been taken, and yet begins every call at the first byte.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut sent = 0;
    while sent < bytes.len() {
        match writer.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
