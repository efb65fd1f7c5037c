//! Rejected by: nothing_is_sent_by_no_call
//!
//! Calls `write` before it looks whether anything is left, and takes the 0 that
//! a `write` of nothing returns for a connection that takes no more.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    loop {
        match writer.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if rest.is_empty() {
            return Ok(());
        }
    }
}
