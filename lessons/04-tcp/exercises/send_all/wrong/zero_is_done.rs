//! Rejected by: a_peer_that_takes_nothing_more_is_an_error
//!
//! Takes a `write` of 0 bytes for the sign that all has been sent.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    loop {
        match writer.write(rest) {
            Ok(0) => return Ok(()),
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
