//! Who waits for what: descriptors and times, on the poller of chapter 11.
//!
//! ```text
//! wait_for(fd 5, Read, w) ─┐                    ┌→ w, when 5 is readable
//! at(12:00:07, v) ─────────┴→ poll: epoll_wait ─┴→ v, when it is time
//! ```
//!
//! It doesn't know who `w` is: a coroutine of [`scheduler`], or a future's
//! waker of [`executor`]. So both stand on the same ground.
//!
//! A descriptor is registered once, edge-triggered, for both directions.
//! From then on nothing is said to the kernel before a wait: a socket is
//! tried first, and its edge comes when that has failed (epoll(7)).
//!
//! [`scheduler`]: crate::scheduler
//! [`executor`]: crate::executor

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use lesson_multiplexing::{Epoll, Event, Interest, Poller, Readiness};

/// What somebody wants to do with a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// recv(2), accept(2)
    Read,
    /// send(2), connect(2)
    Write,
}

/// A descriptor that is watched, and who waits for it.
pub struct Watch<W> {
    readable: Cell<bool>,
    writable: Cell<bool>,
    /// The peer will send no more: a read never waits again.
    ended: Cell<bool>,
    readers: RefCell<Vec<(u64, W)>>,
    writers: RefCell<Vec<(u64, W)>>,
}

impl<W> Watch<W> {
    /// Nobody has tried it yet, so that it may be ready.
    fn new() -> Self {
        Watch {
            readable: Cell::new(true),
            writable: Cell::new(true),
            ended: Cell::new(false),
            readers: RefCell::new(Vec::new()),
            writers: RefCell::new(Vec::new()),
        }
    }

    /// Whether a call is worth a try: none has failed since the last edge.
    pub fn is_ready(&self, direction: Direction) -> bool {
        self.flag(direction).get()
            || (direction == Direction::Read && self.ended.get())
    }

    /// The last call would have waited, or took all that there was: there
    /// will be an edge when there is more.
    pub fn exhausted(&self, direction: Direction) {
        self.flag(direction).set(false);
    }

    fn flag(&self, direction: Direction) -> &Cell<bool> {
        match direction {
            Direction::Read => &self.readable,
            Direction::Write => &self.writable,
        }
    }

    fn waiters(&self, direction: Direction) -> &RefCell<Vec<(u64, W)>> {
        match direction {
            Direction::Read => &self.readers,
            Direction::Write => &self.writers,
        }
    }

    /// Notes an edge, and gives those who waited for it. All of them: who
    /// comes too late tries in vain, and waits again.
    fn edge(&self, ready: Readiness, woken: &mut Vec<W>) {
        if ready.can_read() || ready.contains(Readiness::READ_CLOSED) {
            self.readable.set(true);
            woken.extend(self.readers.borrow_mut().drain(..).map(|w| w.1));
        }
        if ready.can_write() || ready.contains(Readiness::HANGUP) {
            self.writable.set(true);
            woken.extend(self.writers.borrow_mut().drain(..).map(|w| w.1));
        }
        // Not for an error: recv(2) tells that once, and then may wait.
        if ready.contains(Readiness::READ_CLOSED)
            || ready.contains(Readiness::HANGUP)
        {
            self.ended.set(true);
        }
    }
}

/// A time somebody waits for, to take it off again.
pub type Alarm = (Instant, u64);

/// The poller, the descriptors that it watches, and the times.
pub struct Reactor<W> {
    epoll: Epoll,
    events: Vec<Event>,
    /// By the descriptors' numbers.
    watched: Vec<Option<Rc<Watch<W>>>>,
    alarms: BTreeMap<Alarm, W>,
    /// How many wait for a descriptor.
    waiting: usize,
    /// A number for each wait.
    next: u64,
}

impl<W> Reactor<W> {
    /// Watches nobody yet.
    ///
    /// # Errors
    /// EMFILE and ENFILE: the poller is a descriptor, too.
    pub fn new() -> io::Result<Self> {
        Ok(Reactor {
            epoll: Epoll::edge_triggered()?,
            events: Vec::new(),
            watched: Vec::new(),
            alarms: BTreeMap::new(),
            waiting: 0,
            next: 0,
        })
    }

    /// Watches a descriptor from now on. It must be non-blocking, and taken
    /// off by [`unwatch`](Reactor::unwatch) before it is closed.
    ///
    /// # Errors
    /// EEXIST when it is watched already, EPERM for a file.
    pub fn watch(&mut self, fd: BorrowedFd<'_>) -> io::Result<Rc<Watch<W>>> {
        self.epoll.register(fd, Interest::READ | Interest::WRITE)?;
        let place = fd.as_raw_fd() as usize;
        if self.watched.len() <= place {
            self.watched.resize_with(place + 1, || None);
        }
        let watch = Rc::new(Watch::new());
        self.watched[place] = Some(watch.clone());
        Ok(watch)
    }

    /// Watches it no more.
    pub fn unwatch(&mut self, fd: BorrowedFd<'_>) {
        // It may be watched by another reactor: then there is nothing here.
        if self.epoll.unregister(fd).is_ok() {
            self.watched[fd.as_raw_fd() as usize] = None;
        }
    }

    /// Notes that `who` waits for a descriptor. Gives the number of the wait.
    pub fn wait_for(
        &mut self,
        watch: &Watch<W>,
        direction: Direction,
        who: W,
    ) -> u64 {
        self.next += 1;
        self.waiting += 1;
        watch.waiters(direction).borrow_mut().push((self.next, who));
        self.next
    }

    /// Takes a wait for a descriptor off, unless it is over.
    pub fn give_up(
        &mut self,
        watch: &Watch<W>,
        direction: Direction,
        number: u64,
    ) -> Option<W> {
        let mut waiters = watch.waiters(direction).borrow_mut();
        let place = waiters.iter().position(|waiter| waiter.0 == number)?;
        self.waiting -= 1;
        Some(waiters.swap_remove(place).1)
    }

    /// Notes that `who` waits for a time.
    pub fn at(&mut self, when: Instant, who: W) -> Alarm {
        self.next += 1;
        self.alarms.insert((when, self.next), who);
        (when, self.next)
    }

    /// Takes a wait for a time off, unless it is over.
    pub fn cancel(&mut self, alarm: Alarm) -> Option<W> {
        self.alarms.remove(&alarm)
    }

    /// Whether nobody waits, so that nothing will ever happen.
    pub fn is_idle(&self) -> bool {
        self.waiting == 0 && self.alarms.is_empty()
    }

    /// Asks the poller once, and adds to `woken` whose wait is over. With
    /// `wait`, it waits until there is somebody.
    ///
    /// # Errors
    /// None that epoll_wait(2) knows can happen here but ENOMEM.
    pub fn poll(&mut self, wait: bool, woken: &mut Vec<W>) -> io::Result<()> {
        let limit = if wait { self.next_alarm() } else { Some(Duration::ZERO) };
        match self.epoll.wait(limit, &mut self.events) {
            // EINTR: a signal arrived, and `events` is empty.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => result?,
        }
        for event in &self.events {
            let watch = self.watched.get(event.fd as usize);
            if let Some(Some(watch)) = watch {
                let before = woken.len();
                watch.edge(event.ready, woken);
                self.waiting -= woken.len() - before;
            }
        }
        self.ring(woken);
        Ok(())
    }

    /// How long until the next time that somebody waits for.
    fn next_alarm(&self) -> Option<Duration> {
        let (&(when, _), _) = self.alarms.first_key_value()?;
        Some(when.saturating_duration_since(Instant::now()))
    }

    /// Adds those whose time has come.
    fn ring(&mut self, woken: &mut Vec<W>) {
        if self.alarms.is_empty() {
            return;
        }
        let now = Instant::now();
        while let Some(first) = self.alarms.first_entry() {
            if first.key().0 > now {
                break;
            }
            woken.push(first.remove());
        }
    }
}
