//! A thread that waits: what interrupts it, and what its waiting costs.
//!
//! [`interrupted`] sends signals to the thread that runs the learner's code,
//! each when the kernel says that it sleeps: so each one interrupts a system
//! call (EINTR, signal(7)), on a busy machine too. [`among_signals`] sends
//! them without end. [`cost`] asks the kernel how often a thread slept, and
//! how long it was on a processor: who waits in one call is told from who
//! asks again and again.

#![allow(unsafe_code)]

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction,
};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{Pid, gettid};

use crate::peer::PATIENCE;

/// The signal that is sent.
const SIGNAL: Signal = Signal::SIGUSR1;

/// Runs `code` on this thread, and interrupts `times` of its sleeps by a
/// signal. When it sleeps once more, `then` is done, which may give it what
/// it waits for. Where the code ends before, there are fewer signals; none
/// come after [`PATIENCE`].
///
/// # Errors
///
/// Those of `sigaction(2)`.
pub fn interrupted<T>(
    times: usize,
    then: impl FnOnce() + Send,
    code: impl FnOnce() -> T,
) -> io::Result<T> {
    Ok(storm(times, then, code)?.0)
}

/// Runs `code` on this thread, which is to wait for the time `wait`, and
/// interrupts each of its sleeps.
///
/// Code that waits all the time anew is never done then, unless the signals
/// pause so long, as on a busy machine they may: then its end says nothing,
/// and it runs once more.
///
/// # Errors
///
/// Those of `sigaction(2)`.
pub fn among_signals<T>(
    wait: Duration,
    mut code: impl FnMut() -> T,
) -> io::Result<T> {
    const ATTEMPTS: usize = 20;
    let mut attempt = || storm(usize::MAX, || (), &mut code);
    let (mut answer, mut signals) = attempt()?;
    for _ in 1..ATTEMPTS {
        // It may have fallen asleep when it was just looked at: the signal
        // comes after two looks at the latest.
        if signals.pause * 2 < wait {
            break;
        }
        (answer, signals) = attempt()?;
    }
    Ok(answer)
}

/// The signals that there were.
#[derive(Clone, Copy, Debug, Default)]
struct Storm {
    sent: usize,
    /// The longest time from one look at the thread to the next.
    pause: Duration,
}

fn storm<T>(
    times: usize,
    then: impl FnOnce() + Send,
    code: impl FnOnce() -> T,
) -> io::Result<(T, Storm)> {
    // Without SA_RESTART, so that calls fail. On the stack for signals, so
    // that there is room for it where the thread has used up its own.
    let flags = SaFlags::SA_ONSTACK;
    let handler = SigHandler::Handler(nothing);
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: the handler does nothing, which is safe at any moment.
    unsafe { sigaction(SIGNAL, &action) }?;
    let (whom, number, ended) =
        (pthread_self(), gettid(), AtomicBool::new(false));
    let begun = Instant::now();
    let signals = || send((whom, number), begun, times, &ended, then);
    thread::scope(|scope| {
        let signals = scope.spawn(signals);
        let end = Ends(&ended);
        let answer = code();
        drop(end);
        Ok((answer, signals.join().unwrap_or_default()))
    })
}

/// The handler. It is there so that the signal doesn't end the program.
extern "C" fn nothing(_: i32) {}

/// Says that the code has ended, by a panic too.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The scope of [`storm`] joins this thread, so the one that gets the signals
/// outlives it. What passes before the first look and after the last one is
/// a pause, too.
fn send(
    (whom, number): (Pthread, Pid),
    begun: Instant,
    times: usize,
    ended: &AtomicBool,
    then: impl FnOnce(),
) -> Storm {
    let (mut storm, mut then) = (Storm::default(), Some(then));
    let mut last = begun;
    let mut look = |storm: &mut Storm| {
        let now = Instant::now();
        (storm.pause, last) = (storm.pause.max(now - last), now);
        now < begun + PATIENCE
    };
    while look(&mut storm) && !ended.load(Ordering::SeqCst) {
        if !asleep(number) {
            thread::yield_now();
        } else if storm.sent < times {
            // It is woken before this call returns: no signal goes to a
            // sleep that another one has ended.
            storm.sent += usize::from(pthread_kill(whom, SIGNAL).is_ok());
        } else if let Some(then) = then.take() {
            then();
        } else {
            break;
        }
    }
    look(&mut storm);
    storm
}

/// Whether a thread of this process sleeps in a call that a signal may
/// interrupt: state S, proc_pid_stat(5).
pub fn asleep(thread: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat"));
    let state = |stat: String| stat.rsplit_once(')')?.1.chars().nth(1);
    stat.ok().and_then(state) == Some('S')
}

/// What a thread has used.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// How often it gave up the processor in order to wait.
    pub sleeps: i64,
    /// How long it was on a processor.
    pub busy: Duration,
}

/// Runs `code` on this thread, and says what it cost: `getrusage(2)`,
/// `clock_gettime(2)`.
///
/// # Errors
///
/// Those of the calls.
pub fn cost<T>(code: impl FnOnce() -> T) -> io::Result<(T, Cost)> {
    let before = used()?;
    let answer = code();
    let after = used()?;
    let sleeps = after.sleeps - before.sleeps;
    Ok((answer, Cost { sleeps, busy: after.busy - before.busy }))
}

fn used() -> io::Result<Cost> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let busy = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(Cost { sleeps: usage.voluntary_context_switches(), busy: busy.into() })
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};

    use super::*;
    use crate::peer;

    #[test]
    fn each_signal_interrupts_a_read() {
        let (mut peer, mut learner) = peer::connection().unwrap();
        let mut interruptions = 0;

        let got = interrupted(
            3,
            move || peer.write_all(b"hello").unwrap(),
            || loop {
                match learner.read(&mut [0; 8]) {
                    Err(e) if e.kind() == ErrorKind::Interrupted => {
                        interruptions += 1;
                    }
                    got => break got.unwrap(),
                }
            },
        )
        .unwrap();

        assert_eq!((got, interruptions), (5, 3));
    }

    #[test]
    fn code_that_gives_up_gets_no_more_signals() {
        let (_peer, mut learner) = peer::connection().unwrap();

        let (got, storm) =
            storm(9, || (), || learner.read(&mut [0; 8])).unwrap();

        assert_eq!(got.unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(storm.sent, 1);
    }

    #[test]
    fn who_waits_all_the_time_anew_is_never_done_among_signals() {
        let (_peer, mut learner) = peer::connection().unwrap();
        let wait = Duration::from_millis(100);
        learner.set_read_timeout(Some(wait)).unwrap();

        let took = among_signals(wait, || {
            let begun = Instant::now();
            while begun.elapsed() < wait * 5 {
                match learner.read(&mut [0; 8]) {
                    Err(e) if e.kind() == ErrorKind::Interrupted => {}
                    _ => break,
                }
            }
            begun.elapsed()
        });

        assert!(took.unwrap() >= wait * 5);
    }

    #[test]
    fn who_asks_again_and_again_is_told_from_who_waits() {
        let (mut peer, mut learner) = peer::connection().unwrap();
        let wait = Duration::from_millis(100);
        learner.set_read_timeout(Some(wait)).unwrap();

        let (_, one) = cost(|| learner.read(&mut [0; 8])).unwrap();
        learner.set_nonblocking(true).unwrap();
        let (_, many) = cost(|| {
            for _ in 0..10_000 {
                assert!(learner.read(&mut [0; 8]).is_err());
            }
        })
        .unwrap();
        peer.write_all(b"x").unwrap();

        assert!(one.sleeps >= 1 && one.busy < many.busy, "{one:?}, {many:?}");
    }
}
