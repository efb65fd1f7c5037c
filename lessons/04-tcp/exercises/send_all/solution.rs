//! Send all of it.
//!
//! What to notice:
//!
//! - `rest` is what is still to be sent. It shrinks from the front, so there
//!   is no second number that could disagree with it.
//! - Three kinds of answer need three branches. An error of kind
//!   `Interrupted` is the only one after which the same call makes sense.
//! - `Ok(0)` for bytes that are not empty means that no call will ever take
//!   more. Without that branch the loop would never end.
//! - When this fails, the caller can't know how many bytes had gone out. All
//!   that can be done with such a connection is to close it.
//! - `Write::write_all` of the standard library does the same.

use std::io::{self, ErrorKind, Write};

/// Sends all of `bytes` by as many calls of `write` as it takes.
pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match writer.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            // EINTR: a signal arrived; signal(7) says try again.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
