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
    readers: RefCell<Vec<Waiter<W>>>,
    writers: RefCell<Vec<Waiter<W>>>,
    /// When to look whether one of them has waited too long.
    alarm: Cell<Option<Alarm>>,
}

/// One that waits for a descriptor, and until when.
struct Waiter<W> {
    number: u64,
    who: W,
    until: Option<Instant>,
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
            alarm: Cell::new(None),
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

    fn waiters(&self, direction: Direction) -> &RefCell<Vec<Waiter<W>>> {
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
            woken.extend(self.readers.borrow_mut().drain(..).map(|it| it.who));
        }
        if ready.can_write() || ready.contains(Readiness::HANGUP) {
            self.writable.set(true);
            woken.extend(self.writers.borrow_mut().drain(..).map(|it| it.who));
        }
        // Not for an error: recv(2) tells that once, and then may wait.
        if ready.contains(Readiness::READ_CLOSED)
            || ready.contains(Readiness::HANGUP)
        {
            self.ended.set(true);
        }
    }
}

impl<W: Clone> Watch<W> {
    /// Adds those who have waited too long. Gives the next time to look.
    fn late(&self, now: Instant, woken: &mut Vec<W>) -> Option<Instant> {
        let mut next = None;
        for waiters in [&self.readers, &self.writers] {
            for waiter in waiters.borrow_mut().iter_mut() {
                if waiter.until.is_some_and(|until| until <= now) {
                    // It stays on the list: so it knows that it was too late.
                    waiter.until = None;
                    woken.push(waiter.who.clone());
                }
                next = next.into_iter().chain(waiter.until).min();
            }
        }
        next
    }
}

/// A time at which something is to be done, and a number to tell it from
/// others at the same time.
pub type Alarm = (Instant, u64);

/// What is to be done.
enum Due<W> {
    Wake(W),
    /// To look who has waited too long for a descriptor.
    Look(Rc<Watch<W>>),
}

/// The poller, the descriptors that it watches, and the times.
pub struct Reactor<W> {
    epoll: Epoll,
    events: Vec<Event>,
    /// By the descriptors' numbers.
    watched: Vec<Option<Rc<Watch<W>>>>,
    alarms: BTreeMap<Alarm, Due<W>>,
    /// How many wait for a descriptor.
    waiting: usize,
    /// A number for each wait.
    next: u64,
}

impl<W: Clone> Reactor<W> {
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
            let watch = self.watched[fd.as_raw_fd() as usize].take();
            let alarm = watch.and_then(|watch| watch.alarm.take());
            alarm.map(|alarm| self.alarms.remove(&alarm));
        }
    }

    /// Notes that `who` waits for a descriptor, but not longer than `until`.
    /// Gives the number of the wait.
    ///
    /// Most waits are over long before their time. So there is one alarm for
    /// a descriptor, and it isn't moved with each wait: when it rings too
    /// early, it is set anew.
    pub fn wait_for(
        &mut self,
        watch: &Rc<Watch<W>>,
        direction: Direction,
        until: Option<Instant>,
        who: W,
    ) -> u64 {
        self.waiting += 1;
        let number = self.number();
        let waiter = Waiter { number, who, until };
        watch.waiters(direction).borrow_mut().push(waiter);
        if let Some(until) = until {
            self.look_at(until, watch);
        }
        number
    }

    /// Takes a wait for a descriptor off. Whether it was still on: nobody
    /// has got what it waited for.
    pub fn give_up(
        &mut self,
        watch: &Watch<W>,
        direction: Direction,
        number: u64,
    ) -> bool {
        let mut waiters = watch.waiters(direction).borrow_mut();
        let place = waiters.iter().position(|it| it.number == number);
        place.map(|place| waiters.swap_remove(place));
        self.waiting -= usize::from(place.is_some());
        place.is_some()
    }

    /// Notes that `who` waits for a time.
    pub fn at(&mut self, when: Instant, who: W) {
        let number = self.number();
        self.alarms.insert((when, number), Due::Wake(who));
    }

    /// Sees to it that somebody looks at the latest by then.
    fn look_at(&mut self, when: Instant, watch: &Rc<Watch<W>>) {
        if watch.alarm.get().is_some_and(|alarm| alarm.0 <= when) {
            return;
        }
        let alarm = (when, self.number());
        if let Some(later) = watch.alarm.replace(Some(alarm)) {
            self.alarms.remove(&later);
        }
        self.alarms.insert(alarm, Due::Look(watch.clone()));
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether nobody waits, so that nothing will ever happen.
    pub fn is_idle(&self) -> bool {
        let wakes = |due: &Due<W>| matches!(due, Due::Wake(_));
        self.waiting == 0 && !self.alarms.values().any(wakes)
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
            match first.remove() {
                Due::Wake(who) => woken.push(who),
                Due::Look(watch) => {
                    watch.alarm.set(None);
                    if let Some(next) = watch.late(now, woken) {
                        self.look_at(next, &watch);
                    }
                }
            }
        }
    }
}
