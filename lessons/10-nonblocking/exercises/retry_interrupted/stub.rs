//! Go on after a signal, and lose nothing by it.
//!
//! A signal arrives while a call waits. The program handles it, and the call
//! fails with EINTR: nothing is wrong, and nothing was done. What is right
//! then depends on what was called. Write three functions.
//!
//! - `retry` makes one call again for as long as a signal interrupts it
//!   (`ErrorKind::Interrupted`). All else ends it: a result, 0 among them, and
//!   each other error, EAGAIN too.
//! - `readable` waits for `wait` at most until there is something to read, or
//!   the end: `true`. When the time is over: `false`. Signals neither end nor
//!   prolong it. A `wait` of zero doesn't wait; `Duration::MAX` is no reason
//!   to panic. Use `poll`: it fails with EINTR even where the handler was set
//!   with SA_RESTART (signal(7)).
//! - `relay` passes on all bytes from one side to the other until the end,
//!   and says how many. A signal may interrupt each read and each write. No
//!   byte is lost, and none is passed on twice. Any other error ends it, when
//!   what was read before has been passed on. A side that takes 0 bytes takes
//!   no more: `ErrorKind::WriteZero`.
//!
//! `Write::write_all` and `io::copy` retry by themselves: do without them.
//!
//! Check it: `cargo workbook check retry_interrupted`
//!
//! Read chapter 10, "Interrupted".

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Makes a call until no signal interrupts it.
///
/// # Errors
///
/// Each error but EINTR, at once.
pub fn retry<T>(call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    todo!("call; what does which error mean?")
}

/// Waits until `stream` has something to read, or for `wait`.
///
/// # Errors
///
/// Those of `poll(2)`, but EINTR.
pub fn readable(stream: &TcpStream, wait: Duration) -> io::Result<bool> {
    todo!("poll, each time for the time that is left")
}

/// Passes on all bytes until the end, and says how many.
///
/// # Errors
///
/// Those of a read or a write, but EINTR; `WriteZero`.
pub fn relay(from: &mut impl Read, to: &mut impl Write) -> io::Result<u64> {
    todo!("read; write what was read until nothing is left of it")
}
