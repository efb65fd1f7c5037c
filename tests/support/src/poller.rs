//! A poller that is watched itself: what it was asked, and how often.
//!
//! It asks one of the lesson's own, so the kernel answers. A check sees the
//! calls in order, and may let a signal end a wait.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::rc::Rc;
use std::time::Duration;

use lesson_multiplexing::{Event, Interest, Poller};

/// What has been asked of a [`Watched`], and what it is to do.
#[derive(Default)]
pub struct Seen {
    /// The calls but `wait`, in order.
    pub calls: Vec<Call>,
    /// The time-out of each wait.
    pub waits: Vec<Option<Duration>>,
    /// So many waits are ended by a signal: EINTR.
    pub interruptions: usize,
    /// Runs when a wait begins.
    pub before_wait: Option<Box<dyn FnMut()>>,
}

/// A call that changes who is watched, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `register`
    Register(RawFd, Interest),
    /// `modify`
    Modify(RawFd, Interest),
    /// `unregister`
    Unregister(RawFd),
}

/// A poller that notes what it is asked.
pub struct Watched {
    inner: Box<dyn Poller>,
    seen: Rc<RefCell<Seen>>,
}

impl Watched {
    /// Watches this one. What is seen is shared with the check.
    pub fn new(inner: impl Poller + 'static) -> (Self, Rc<RefCell<Seen>>) {
        let seen = Rc::default();
        let inner = Box::new(inner);
        (Watched { inner, seen: Rc::clone(&seen) }, seen)
    }

    fn note(&self, call: Call) {
        self.seen.borrow_mut().calls.push(call);
    }
}

impl Poller for Watched {
    fn register(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        self.note(Call::Register(fd.as_raw_fd(), interest));
        self.inner.register(fd, interest)
    }

    fn modify(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        self.note(Call::Modify(fd.as_raw_fd(), interest));
        self.inner.modify(fd, interest)
    }

    fn unregister(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        self.note(Call::Unregister(fd.as_raw_fd()));
        self.inner.unregister(fd)
    }

    fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        let mut seen = self.seen.borrow_mut();
        seen.waits.push(timeout);
        if let Some(begins) = &mut seen.before_wait {
            begins();
        }
        if seen.interruptions > 0 {
            seen.interruptions -= 1;
            events.clear();
            return Err(io::ErrorKind::Interrupted.into());
        }
        drop(seen);
        self.inner.wait(timeout, events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lesson_multiplexing::Poll;
    use std::os::fd::AsFd;

    #[test]
    fn what_is_asked_is_noted_and_answered_by_the_kernel() {
        let (_peer, learner) = crate::peer::connection().unwrap();
        let (mut watched, seen) = Watched::new(Poll::new());
        let mut events = Vec::new();
        let zero = Some(Duration::ZERO);

        watched.register(learner.as_fd(), Interest::WRITE).unwrap();
        watched.wait(zero, &mut events).unwrap();
        watched.unregister(learner.as_fd()).unwrap();

        let fd = learner.as_raw_fd();
        assert_eq!(events.len(), 1);
        assert_eq!(
            seen.borrow().calls,
            [Call::Register(fd, Interest::WRITE), Call::Unregister(fd)]
        );
        assert_eq!(seen.borrow().waits, [zero]);
    }

    #[test]
    fn a_wait_is_interrupted_as_often_as_told() {
        let (mut watched, seen) = Watched::new(Poll::new());
        seen.borrow_mut().interruptions = 1;
        let mut wait = || {
            let end = watched.wait(Some(Duration::ZERO), &mut Vec::new());
            end.map_err(|error| error.kind())
        };

        assert_eq!(wait(), Err(io::ErrorKind::Interrupted));
        assert_eq!(wait(), Ok(()));
    }
}
