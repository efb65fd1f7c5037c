//! Rejected by: everything_is_sent_in_one_call_where_there_is_room, a_short_send_is_continued_behind_what_was_taken, single_bytes_add_up, an_interrupted_send_is_tried_again, nothing_is_sent_by_no_call, megabytes_pass_through_a_real_socket
//!
//! Goes on until `write` takes nothing, and calls that an error. When all has
//! been sent, there is nothing left to take.

use std::io::{self, ErrorKind, Write};

/// Sends all of `bytes` by as many calls of `write` as it takes.
pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    loop {
        match writer.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            // EINTR: a signal arrived; signal(7) says try again.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
