//! Receive with a time limit, by a link.
//!
//! `SO_RCVTIMEO` and `poll` limit a wait of the program. Here it is the kernel
//! that waits, so the limit is one more entry: the recv is *linked* to a
//! time-out. Both go into one submission, and whichever happens first ends the
//! other. Both complete.
//!
//! ```text
//!                   recv           time-out
//! bytes in time     a count        ECANCELED
//! time has passed   ECANCELED      ETIME
//! at the same time  a count        ECANCELED, ENOENT or EALREADY
//! ```
//!
//! `recv_within` gives the result and the buffer, on every way out:
//!
//! - the count, if bytes came; 0 is the end;
//! - `TimedOut`, if the time has passed: that is only so if the time-out says
//!   ETIME, and the recv was canceled;
//! - any other error of the recv, as it is.
//!
//! No `limit` is for ever, and zero is not: it takes what is there. When you
//! return, neither of the two may be left in the ring. Other operations may be
//! in the queue, not yet submitted: if there is no room for both of yours,
//! submit those first, for a link that is cut by the end of a submission is
//! none. They don't complete meanwhile, and they are not called 1 or 2.
//!
//! Check it: `cargo workbook check timeouts_by_linking`
//!
//! Read chapter 12, "Time-outs by linking".

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use lesson_completion::{Entry, Operation, Rings};
use nix::libc;

/// The user_data of the recv, and of its time limit.
pub const RECV: u64 = 1;
pub const LIMIT: u64 = 2;

/// Receives into the buffer. What came of it, and the buffer.
pub fn recv_within(
    ring: &mut dyn Rings,
    stream: &Arc<TcpStream>,
    buffer: Vec<u8>,
    limit: Option<Duration>,
) -> io::Result<(io::Result<usize>, Vec<u8>)> {
    todo!("two entries, one submission, two completions")
}
