//! Rejected by: a_peer_that_takes_nothing_more_is_an_error
//!
//! Goes on after `Ok(0)`, for ever: no byte was taken, and none will be.

use std::io::{self, ErrorKind, Write};

pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut sent = 0;
    while sent < bytes.len() {
        match writer.write(&bytes[sent..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
