//! Rejected by: another_error_goes_to_the_caller
//!
//! Whatever waitpid fails with is taken for the end.

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
            Ok(WaitStatus::StillAlive) | Err(_) => return Ok(all),
            Ok(status) => all.extend(ended(status)),
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
        let (mut all, mut trouble) = (Vec::new(), None);
        self.running.retain(|child| match patiently(ask, Some(*child)) {
            Ok(status) => {
                let end = ended(status);
                all.extend(end);
                end.is_none()
            }
            Err(Errno::ECHILD) => false,
            Err(error) => {
                trouble = Some(error);
                true
            }
        });
        trouble.map_or(Ok(all), Err)
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
