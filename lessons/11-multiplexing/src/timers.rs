//! Timers in an event loop: the time-out of its one wait.
//!
//! The loop waits until the nearest deadline, or until something comes. Then
//! it does what is due. So any number of timers needs no thread, and no
//! system call more. timerfd_create(2) is the other way: a timer that is a
//! descriptor, and readable when its time has come.
//!
//! ```text
//! now       ask again       close idle      give up
//! ├─────────┤10.4 ms        ┤20 ms          ┤30 ms
//! └ wait ──→ the nearest
//! ```
//!
//! This demo's clock counts what it has waited and nothing else, so that it
//! tells the same on a busy machine. A program asks `Instant::now()`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Epoll, Event, Interest, Poller};
use narrator::{line, say};
use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{
    ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags,
};

/// Deadlines in a loop, and deadlines as descriptors.
pub fn run() -> io::Result<()> {
    with_a_time_out()?;
    line("");
    as_descriptors()
}

// ANCHOR: queue
/// What is to be done when: the nearest deadline comes out first.
///
/// A shortcut: nothing can be taken out before its time. The exercise
/// `timers` removes it.
#[derive(Default)]
struct Timers(BinaryHeap<Reverse<(Duration, &'static str)>>);

impl Timers {
    fn arm(&mut self, deadline: Duration, what: &'static str) {
        self.0.push(Reverse((deadline, what)));
        say("program", "arm", format_args!("{what}, at {deadline:?}"));
    }

    /// How long the loop may wait. None: no timer, so for ever.
    fn timeout(&self, now: Duration) -> Option<Duration> {
        let Reverse((nearest, _)) = self.0.peek()?;
        // Zero where it is in the past: look what else there is, and go on.
        Some(nearest.saturating_sub(now))
    }

    /// The next that is due.
    fn due(&mut self, now: Duration) -> Option<&'static str> {
        let Reverse((deadline, _)) = self.0.peek()?;
        if *deadline > now {
            return None;
        }
        self.0.pop().map(|Reverse((_, what))| what)
    }
}
// ANCHOR_END: queue

fn with_a_time_out() -> io::Result<()> {
    let (mut ours, mut peer) = UnixStream::pair()?;
    let mut poller = Epoll::new()?;
    let mut events = Vec::new();
    poller.register(ours.as_fd(), Interest::READ)?;
    let mut timers = Timers::default();
    timers.arm(Duration::from_millis(30), "give up");
    timers.arm(Duration::from_micros(10_400), "ask again");
    timers.arm(Duration::from_millis(20), "close idle");
    peer.write_all(b"hello")?;
    say("peer", "send", "\"hello\"");

    // ANCHOR: loop
    let mut now = Duration::ZERO;
    while let Some(timeout) = timers.timeout(now) {
        now += wait(&mut poller, timeout, &mut events)?;
        for _ in &events {
            let count = ours.read(&mut [0; 16])?;
            say("program", "recv", format_args!("{count} bytes"));
        }
        while let Some(what) = timers.due(now) {
            say("program", "due", what);
        }
    }
    // ANCHOR_END: loop
    say("program", "wait", "no timer is left: for ever, if this went on");
    Ok(())
}

/// Waits, and gives what this demo's clock makes of it: nothing, if something
/// came; else the time-out, in whole milliseconds.
fn wait(
    poller: &mut Epoll,
    timeout: Duration,
    events: &mut Vec<Event>,
) -> io::Result<Duration> {
    until_ready(poller, Some(timeout), events)?;
    let told = if events.is_empty() { "over" } else { "something came" };
    say("program", "wait", format_args!("at most {timeout:?}: {told}"));
    // poll(2) and epoll_wait(2) count in milliseconds. The lesson's wait
    // rounds up: one that ends early would find nothing due.
    let rounded = timeout.as_nanos().div_ceil(1_000_000) as u64;
    Ok(if events.is_empty() {
        Duration::from_millis(rounded)
    } else {
        Duration::ZERO
    })
}

// ANCHOR: timerfd
fn as_descriptors() -> io::Result<()> {
    let mut poller = Epoll::new()?;
    let mut events = Vec::new();
    let timer = TimerFd::new(
        ClockId::CLOCK_MONOTONIC,
        TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK,
    )?;
    poller.register(timer.as_fd(), Interest::READ)?;
    let mut count = [0; 8];
    match nix::unistd::read(&timer, &mut count) {
        Err(Errno::EAGAIN) => say("program", "read", "EAGAIN: not set yet"),
        other => drop(other?),
    }
    let time = TimeSpec::from_duration(Duration::from_millis(10));
    timer.set(Expiration::OneShot(time), TimerSetTimeFlags::empty())?;
    say("program", "timerfd", "in 10 ms, once");
    until_ready(&mut poller, None, &mut events)?;
    say("program", "wait", events[0].ready);
    until_ready(&mut poller, None, &mut events)?;
    say("program", "wait", "again, as nobody has read it");
    nix::unistd::read(&timer, &mut count)?;
    let count = u64::from_ne_bytes(count);
    say("program", "read", format_args!("it has run out: {count}"));
    poller.wait(Some(Duration::ZERO), &mut events)?;
    say("program", "wait", format_args!("{} events", events.len()));
    Ok(())
}
// ANCHOR_END: timerfd

/// A wait that a signal doesn't end. EINTR: the process was stopped, and goes
/// on; signal(7). A program with a clock would wait for what is left.
fn until_ready(
    poller: &mut Epoll,
    timeout: Option<Duration>,
    events: &mut Vec<Event>,
) -> io::Result<()> {
    loop {
        match poller.wait(timeout, events) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
