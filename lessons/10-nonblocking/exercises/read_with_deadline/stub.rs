//! Read until a moment, however the peer drips.
//!
//! A time-out counts from each call. A peer that sends one byte just before
//! it is over makes you wait again, and so on for ever. Write the function
//! that fills a buffer, and waits until `deadline` for all of it together.
//!
//! What it answers:
//!
//! | What happened                  | The answer              |
//! | ------------------------------ | ----------------------- |
//! | the buffer is full             | `Ok(Came::Full)`        |
//! | the peer finished after n      | `Ok(Came::End(n))`      |
//! | the deadline came, n were there| `Ok(Came::Late(n))`     |
//! | the connection failed          | `Err`, the same error   |
//!
//! - Nothing is lost: the n bytes are the first of the buffer, in every case.
//! - A deadline that has passed is no error. Take what is there, and don't
//!   wait.
//! - An empty buffer is full from the start.
//! - A signal interrupts the wait (EINTR): it goes on, until the same moment.
//! - The socket may be blocking or not, and may have a time-out of its own.
//!   Neither shortens your wait, and both are afterwards as they were.
//! - Wait in a call that sleeps, not in a loop that asks again and again.
//!
//! The crate nix has the calls: `poll(&mut [PollFd::new(stream.as_fd(),
//! PollFlags::POLLIN)], timeout)` waits until there is something to read, and
//! `recv(stream.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT)` takes what is
//! there, or fails with EAGAIN.
//!
//! Check it: `cargo workbook check read_with_deadline`
//!
//! Read chapter 10, "A time-out is not a deadline".

use std::io;
use std::net::TcpStream;
use std::time::Instant;

/// What has come. The number is that of the bytes in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// As many bytes as the buffer holds.
    Full,
    /// So many, and then the end: no more will come.
    End(usize),
    /// So many by the deadline: more may come.
    Late(usize),
}

/// Fills `buffer` with what comes until `deadline`.
///
/// # Errors
///
/// What the connection fails with.
pub fn read_with_deadline(
    stream: &TcpStream,
    buffer: &mut [u8],
    deadline: Instant,
) -> io::Result<Came> {
    todo!("take what is there; where nothing is, wait for the time left")
}
