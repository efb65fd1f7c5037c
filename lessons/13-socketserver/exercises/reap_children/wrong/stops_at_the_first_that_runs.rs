//! Rejected by: nobody_is_waited_for, who_was_stopped_has_not_ended
//!
//! The first child that still runs ends the round. Who has ended behind it
//! stays a zombie.

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus};
use nix::unistd::Pid;

/// How a child has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Exited(Pid, i32),
    /// By this signal.
    Killed(Pid, Signal),
}

/// Asks as waitpid(2) does: for a child, or for any.
pub type Ask<'a> =
    dyn FnMut(Option<Pid>, Option<WaitPidFlag>) -> nix::Result<WaitStatus> + 'a;

/// Takes the status of all children of this process that have ended.
pub fn reap_all(ask: &mut Ask<'_>) -> nix::Result<Vec<Ended>> {
    let mut all = Vec::new();
    loop {
        match patiently(ask, None) {
            Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(all),
            Ok(status) => all.extend(ended(status)),
            Err(error) => return Err(error),
        }
    }
}

/// The children that a server has started, and that haven't been reaped.
#[derive(Default)]
pub struct Children {
    running: Vec<Pid>,
}

impl Children {
    /// A child has been started.
    pub fn started(&mut self, child: Pid) {
        self.running.push(child);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// Takes the status of those that have ended.
    pub fn reap(&mut self, ask: &mut Ask<'_>) -> nix::Result<Vec<Ended>> {
        let mut all = Vec::new();
        while let Some(child) = self.running.first() {
            match patiently(ask, Some(*child)) {
                Ok(status) => match ended(status) {
                    None => break,
                    Some(end) => all.push(end),
                },
                Err(Errno::ECHILD) => (),
                Err(error) => return Err(error),
            }
            self.running.remove(0);
        }
        Ok(all)
    }
}

/// Asks without waiting, and again if a signal came between.
fn patiently(ask: &mut Ask<'_>, child: Option<Pid>) -> nix::Result<WaitStatus> {
    loop {
        match ask(child, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::EINTR) => (),
            answer => return answer,
        }
    }
}

fn ended(status: WaitStatus) -> Option<Ended> {
    match status {
        WaitStatus::Exited(child, code) => Some(Ended::Exited(child, code)),
        WaitStatus::Signaled(child, signal, _) => {
            Some(Ended::Killed(child, signal))
        }
        _ => None,
    }
}
