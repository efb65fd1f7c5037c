//! Rejected by: an_error_is_returned_at_once
//!
//! Tries again whatever the error: no second try mends a connection that broke.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    let mut tries = 0;
    while !rest.is_empty() {
        match writer.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            Err(_) if tries < 10 => tries += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
