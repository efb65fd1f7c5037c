//! Give select three lists, and get three lists back.
//!
//! This is `select` as the notes and Python have it: whom to watch for
//! reading, whom for writing, whom for something exceptional; and for how
//! long. The system call has sets of bits instead, and writes its answer over
//! the question. Write the one by the other.
//!
//! - Each answer has those of its list that are ready, in the list's order.
//!   Somebody may be in several lists, and is answered in each by itself.
//! - `None` waits until somebody is ready, zero only looks, any other time
//!   is waited for, and then the answers are empty. That is no error.
//! - A set has room for the numbers below 1024, however few there are in it
//!   ([`FD_SETSIZE`]). Whoever has a larger one is refused, in any of the
//!   lists: `InvalidInput`, before the call is made.
//! - Other errors go to the caller. A signal is one: `Interrupted`.
//!
//! The call is `nix::sys::select::select(…)`: first the highest number, plus
//! one (`None` lets nix find it), then `&mut` of three sets, then a `&mut
//! TimeVal` or `None`. A set is an `FdSet`: `insert` panics if the number is
//! too large, `contains` asks. `TimeVal::microseconds` makes a time.
//!
//! Check it: `cargo workbook check three_lists`
//!
//! Read chapter 11, "select" and "A thousand and twenty-four".

use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::time::Duration;

pub use nix::sys::select::FD_SETSIZE;

/// Who is ready, list by list.
#[derive(Debug, PartialEq, Eq)]
pub struct Ready {
    /// A read won't wait.
    pub read: Vec<RawFd>,
    /// A write won't wait.
    pub write: Vec<RawFd>,
    /// Something exceptional has come: on TCP, urgent data.
    pub except: Vec<RawFd>,
}

/// Waits until somebody is ready, or the time is over: `select(2)`.
pub fn select(
    read: &[BorrowedFd<'_>],
    write: &[BorrowedFd<'_>],
    except: &[BorrowedFd<'_>],
    timeout: Option<Duration>,
) -> io::Result<Ready> {
    todo!("three lists into three sets, the call, three sets into three lists")
}
