//! Rejected by: an_interrupted_send_is_tried_again
//!
//! Gives up when a signal interrupts a call: `?` is not for every error.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match writer.write(rest)? {
            0 => return Err(ErrorKind::WriteZero.into()),
            count => rest = &rest[count..],
        }
    }
    Ok(())
}
