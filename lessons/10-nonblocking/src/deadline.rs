//! A deadline: one moment by which all is done, however many calls it takes.
//!
//! A time-out belongs to one call, and begins again with the next. What is
//! left until a deadline gets less:
//!
//! ```text
//! time-out   ├── 5 s ──→ ├── 5 s ──→ ├── 5 s ──→ ├── 5 s ──→ …
//!                a byte ┘    a byte ┘    a byte ┘
//! deadline   ├── 10 s ─────────────→│
//!                a byte ┘    a byte ┘ over
//! ```

use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv};

/// When all must be done, or never.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

// ANCHOR: deadline
impl Deadline {
    /// So long from now. A limit beyond what the clock can say is no limit.
    pub fn after(limit: Duration) -> Self {
        // `Instant::now() + Duration::MAX` would panic.
        Deadline(Instant::now().checked_add(limit))
    }

    /// No limit.
    pub fn never() -> Self {
        Deadline(None)
    }

    /// How long a call may wait now; `None` is for ever.
    ///
    /// # Errors
    /// `TimedOut` when the moment has come.
    pub fn left(self) -> io::Result<Option<Duration>> {
        let Some(moment) = self.0 else { return Ok(None) };
        match moment.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}
// ANCHOR_END: deadline

// ANCHOR: read
/// One `recv(2)` that waits no longer than until the deadline: `poll(2)`
/// waits, and then there is something to take. The socket's own settings
/// don't matter, and stay. Gives how many bytes came; 0 is the end.
///
/// # Errors
/// `TimedOut` when the moment has come; those of recv(2).
pub fn read(
    stream: &TcpStream,
    buffer: &mut [u8],
    deadline: Deadline,
) -> io::Result<usize> {
    loop {
        let left = deadline.left()?;
        let mut watched = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
        match poll(&mut watched, milliseconds(left)) {
            // Not yet, or a signal (EINTR): what is left says how long more.
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let from = stream.as_raw_fd();
        match recv(from, buffer, MsgFlags::MSG_DONTWAIT) {
            // Another thread took it.
            Err(Errno::EAGAIN) => {}
            Ok(count) => return Ok(count),
            Err(error) => return Err(error.into()),
        }
    }
}
// ANCHOR_END: read

// ANCHOR: milliseconds
/// For poll(2), which counts in milliseconds. Rounded up: 0 would be to look
/// and not to wait, again and again, for the last millisecond. What exceeds
/// its 24 days is cut; who calls it in a loop waits on.
fn milliseconds(left: Option<Duration>) -> PollTimeout {
    let Some(left) = left else { return PollTimeout::NONE };
    let whole = left.as_nanos().div_ceil(1_000_000);
    PollTimeout::try_from(whole).unwrap_or(PollTimeout::MAX)
}
// ANCHOR_END: milliseconds

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_millisecond_is_waited_for() {
        let nanosecond = Duration::from_nanos(1);

        let told = milliseconds(Some(nanosecond));

        assert_eq!(told, PollTimeout::from(1u8));
    }

    #[test]
    fn what_poll_can_not_count_is_its_most_and_never_is_never() {
        assert_eq!(milliseconds(Some(Duration::MAX)), PollTimeout::MAX);
        assert_eq!(milliseconds(None), PollTimeout::NONE);
    }

    #[test]
    fn a_deadline_that_no_clock_reaches_is_none() {
        assert_eq!(Deadline::after(Duration::MAX).left().unwrap(), None);
        assert_eq!(Deadline::never().left().unwrap(), None);
    }

    #[test]
    fn no_time_at_all_is_over_at_once() {
        let error = Deadline::after(Duration::ZERO).left().unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn what_is_left_gets_less() {
        let minute = Duration::from_secs(60);
        let deadline = Deadline::after(minute);

        let first = deadline.left().unwrap().unwrap();
        let second = deadline.left().unwrap().unwrap();

        assert!(second <= first && first <= minute);
    }
}
