//! Rejected by: an_error_is_returned_as_it_is
//!
//! Says that something went wrong, but not what: the caller can't tell a broken
//! connection from a slow one.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match writer.write(rest) {
            Ok(count) if count > 0 => rest = &rest[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            _ => return Err(ErrorKind::WriteZero.into()),
        }
    }
    Ok(())
}
