//! What to notice:
//!
//! - The clean end is looked for in one place, at the first byte of a frame.
//!   Everywhere else an end is an error, and `read_exact` says so by itself.
//! - The limit stands between the length and the `vec!`. Two lines further
//!   down it would still refuse, but the peer would have got the memory.
//! - A shortcut: the room is made for the whole payload, before it has come.
//!   The limit keeps that small. `take` with `read_to_end` would make room as
//!   the bytes arrive, and then the length must be compared afterwards.
//! - Nothing is read ahead, so the function needs no state. The price: three
//!   reads a frame, each a system call on a bare socket. A `BufReader` around
//!   the stream, kept by the caller, makes them cheap.

use std::io::{self, ErrorKind, Read};

/// Reads one frame of at most `limit` bytes of payload.
pub fn read_frame(
    stream: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let Some(first) = first_byte(stream)? else {
        return Ok(None);
    };
    let mut length = [first, 0, 0, 0];
    stream.read_exact(&mut length[1..])?;

    let length = u32::from_be_bytes(length) as usize;
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}

/// Reads one byte, or `None` where the stream ends.
fn first_byte(stream: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match stream.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            // EINTR: a signal arrived; signal(7) says try again.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
