//! Child processes that can't outlive their limit.
//!
//! The learner's code may block signals, start processes of its own, print
//! without end or never return. So each child leads a process group, and the
//! group is killed when its time is up or its leader has ended:
//!
//! ```text
//! spawn ── setpgid ── waitid(WNOWAIT) ── killpg ── wait
//!                     └ or the limit
//! ```
//!
//! Until `wait` the leader's number can't be given to another process, so
//! `killpg` never meets a stranger.
//!
//! Start reading at [`run`].

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

/// The most that is kept of what a child prints, in bytes.
const KEPT: u64 = 64 * 1024;

/// How long a pipe may stay open after the whole group was killed.
const GRACE: Duration = Duration::from_millis(500);

/// The groups that are running, for [`end_all_on_interrupt`].
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// How a child ended, and what it printed.
pub struct Ended {
    /// None: it was cut off at its limit.
    pub status: Option<ExitStatus>,
    /// At most 64 KiB of its standard output.
    pub stdout: String,
    /// At most 64 KiB of its standard error.
    pub stderr: String,
}

/// Runs a program in a process group of its own, for `limit` at the most.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    let mut child = command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let group = Pid::from_raw(child.id().cast_signed());
    groups().push(group);
    let stdout = child.stdout.take().map(keep);
    let stderr = child.stderr.take().map(keep);
    let in_time = ends_within(group, limit);
    // ESRCH: the leader is a zombie and nobody else was in its group.
    let _ = killpg(group, Signal::SIGKILL);
    groups().retain(|other| *other != group);
    let status = child.wait()?;
    Ok(Ended {
        status: in_time.then_some(status),
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

/// From now on Ctrl-C ends this program with `status`, and all its children.
///
/// Must be called before the first thread starts, which then inherits the
/// blocked signals; std clears them again for children.
pub fn end_all_on_interrupt(status: i32) {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    if signals.thread_block().is_err() {
        return;
    }
    thread::spawn(move || {
        let _ = signals.wait();
        for group in groups().drain(..) {
            let _ = killpg(group, Signal::SIGKILL);
        }
        std::process::exit(status);
    });
}

fn groups() -> std::sync::MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(|e| e.into_inner())
}

/// Waits for the leader's end but leaves it a zombie.
fn ends_within(leader: Pid, limit: Duration) -> bool {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let how = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        let _ = done.send(waitid(Id::Pid(leader), how));
    });
    ended.recv_timeout(limit).is_ok()
}

/// Reads a pipe to its end, whatever its length, and keeps the beginning.
fn keep(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (done, kept) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.by_ref().take(KEPT).read_to_end(&mut bytes);
        let _ = done.send(bytes);
        let _ = io::copy(&mut pipe, &mut io::sink());
    });
    kept
}

fn text(kept: Option<Receiver<Vec<u8>>>) -> String {
    let bytes = kept.and_then(|kept| kept.recv_timeout(GRACE).ok());
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        run(Command::new("sh").args(["-c", script]), limit).unwrap()
    }

    #[test]
    fn a_child_that_ends_is_told_apart_from_one_that_does_not() {
        let quick = shell("echo out; echo err >&2; exit 3", 60 * SECOND);
        let slow = shell("trap '' TERM INT; sleep 60", SECOND / 20);

        assert_eq!(quick.status.unwrap().code(), Some(3));
        assert_eq!((&*quick.stdout, &*quick.stderr), ("out\n", "err\n"));
        assert!(slow.status.is_none());
    }

    #[test]
    fn what_a_child_left_running_is_ended_with_it() {
        let ended = shell("sleep 60 & echo $!", 60 * SECOND);

        let process = format!("/proc/{}/stat", ended.stdout.trim());
        let stat = || std::fs::read_to_string(&process).unwrap_or_default();
        let gone = || stat().is_empty() || stat().contains(") Z");
        // Its pipe closes a little before it is gone.
        let start = std::time::Instant::now();
        while !gone() && start.elapsed() < 30 * SECOND {
            thread::yield_now();
        }
        assert!(gone(), "{}", stat());
    }

    #[test]
    fn a_flood_is_cut_and_does_not_block() {
        let ended = shell("head -c 1000000 /dev/zero", 60 * SECOND);

        assert_eq!(ended.stdout.len() as u64, KEPT);
        assert_eq!(ended.status.unwrap().code(), Some(0));
    }

    const SECOND: Duration = Duration::from_secs(1);
}
