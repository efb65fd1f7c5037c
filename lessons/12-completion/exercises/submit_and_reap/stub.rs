//! Receive from many sockets, with one submission.
//!
//! You have some connections, and want the next bytes of each: not of
//! whichever is first, but of all. With a ring that is one system call. Push
//! a recv for each, submit them and wait, and reap what comes.
//!
//! `recv_each` gives as many results as there are streams, in the order of
//! the streams:
//!
//! - the bytes that came: not the rest of the buffer, and none at the end;
//! - or the error of this stream, which is no error of the others.
//!
//! `Err` of the whole is for a ring that fails. The kernel completes in any
//! order: `user_data` says what a completion is about. The queue may have room
//! for fewer entries than there are streams; `push` then gives the entry
//! back, with `Refused::Full`. And when you return, nothing of yours may be
//! left in the ring: the next who reaps wouldn't know what it is.
//!
//! The ring is empty when you get it. It may be the kernel's, or one that was
//! made up to be unkind.
//!
//! Check it: `cargo workbook check submit_and_reap`
//!
//! Read chapter 12, "Two rings".

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Refused, Rings};

/// Receives at most `length` bytes from each stream.
pub fn recv_each(
    ring: &mut dyn Rings,
    streams: &[Arc<TcpStream>],
    length: usize,
) -> io::Result<Vec<io::Result<Vec<u8>>>> {
    todo!("push, submit and wait, reap: which completion is whose?")
}
