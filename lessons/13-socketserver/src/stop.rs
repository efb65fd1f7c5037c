//! A stop for who is busy: the only handlers of signals in this lesson.
//!
//! A sequential server doesn't look at its descriptors while it serves
//! somebody, nor does a child of a forking one. So the signal itself must do
//! the work, and a handler may make few calls: signal-safety(7) lists
//! `shutdown`, `alarm`, `write` and `_exit` among those that are safe.

#![allow(unsafe_code)]

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc::{self, c_int};
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction,
    sigprocmask,
};

use crate::signals::asking;

static CONNECTION: AtomicI32 = AtomicI32::new(-1);
static PATIENCE: AtomicU32 = AtomicU32::new(0);
static ASKED: AtomicBool = AtomicBool::new(false);

const TOLD: &[u8] = b"stop: a handler has not returned: killed with the rest\n";

// ANCHOR: on_stop
/// Whoever waits for more of this client reads its end, and has so long to
/// finish.
extern "C" fn on_stop(_: c_int) {
    let errno = Errno::last_raw();
    ASKED.store(true, Ordering::SeqCst);
    let connection = CONNECTION.load(Ordering::SeqCst);
    // SAFETY: plain system calls on numbers, both in the list of
    // signal-safety(7). A number that isn't open is EBADF.
    unsafe {
        if connection >= 0 {
            libc::shutdown(connection, libc::SHUT_RD);
        }
        libc::alarm(PATIENCE.load(Ordering::SeqCst));
    }
    // What was interrupted may be about to look at its own.
    Errno::set_raw(errno);
}

/// It hasn't finished.
extern "C" fn on_alarm(_: c_int) {
    // SAFETY: both calls are in the list of signal-safety(7), and the bytes
    // are static.
    unsafe {
        libc::write(2, TOLD.as_ptr().cast(), TOLD.len());
        libc::_exit(1);
    }
}
// ANCHOR_END: on_stop

/// Runs `job` so that SIGTERM and SIGINT reach it: whether one did.
pub(crate) fn asked_while(
    signals: SigSet,
    connection: Option<RawFd>,
    patience: Duration,
    job: impl FnOnce(),
) -> nix::Result<bool> {
    CONNECTION.store(connection.unwrap_or(-1), Ordering::SeqCst);
    PATIENCE.store(seconds(patience), Ordering::SeqCst);
    handle(Signal::SIGTERM, on_stop)?;
    handle(Signal::SIGINT, on_stop)?;
    handle(Signal::SIGALRM, on_alarm)?;
    sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&signals), None)?;
    job();
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&asking()), None)?;
    CONNECTION.store(-1, Ordering::SeqCst);
    Ok(ASKED.load(Ordering::SeqCst))
}

/// Kills this process after so long.
pub(crate) fn give_up_after(patience: Duration) -> nix::Result<()> {
    handle(Signal::SIGALRM, on_alarm)?;
    nix::unistd::alarm::set(seconds(patience));
    Ok(())
}

/// A whole number of them, and no less than one: alarm(0) is no alarm.
fn seconds(patience: Duration) -> u32 {
    patience.as_millis().div_ceil(1000).clamp(1, 3600) as u32
}

fn handle(signal: Signal, with: extern "C" fn(c_int)) -> nix::Result<()> {
    // SA_RESTART: a recv that was interrupted goes on, and reads the end.
    let action = SigAction::new(
        SigHandler::Handler(with),
        SaFlags::SA_RESTART,
        SigSet::empty(),
    );
    // SAFETY: both handlers above make only calls that are safe in one.
    unsafe { sigaction(signal, &action) }.map(drop)
}
