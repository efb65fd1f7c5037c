//! Take the status of every child that has ended, and of nobody else's.
//!
//! A child that has ended stays as a zombie until its parent asks for its
//! status by waitpid(2). A server that forks has other things to do than to
//! wait for a child: it asks when SIGCHLD comes, and without waiting. But
//! signals don't count. Three children that end together are one SIGCHLD.
//!
//! Write it twice. `reap_all` is for a program in which all children are the
//! server's. `Children` is for one in which others start children, too: a
//! library that runs a command wants its status itself.
//!
//! - `reap_all` asks for any child (`None`) until there is none that has
//!   ended.
//! - `Children::reap` asks for those that it was told of, and no others. Who
//!   has been reaped is forgotten, since its number may be given to another.
//! - Both answer with all that have ended, in any order, and how. Both must
//!   never wait, so they give WNOHANG.
//! - ECHILD says that there is no such child. For `reap_all`, that is the
//!   end. For `Children`, somebody else has asked before: it is forgotten.
//!   EINTR says nothing, so ask again. Any other error goes to the caller.
//! - A child that was stopped or continued hasn't ended.
//!
//! `ask` is waitpid(2) with WNOHANG. The checks have a kernel of their own
//! for it, and real children at the end.
//!
//! Check it: `cargo workbook check reap_children`
//!
//! Read chapter 13, "Zombies".

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
    todo!("any child, until there is none that has ended")
}

/// The children that a server has started, and that haven't been reaped.
#[derive(Default)]
pub struct Children {
    // Your fields.
}

impl Children {
    /// A child has been started.
    pub fn started(&mut self, child: Pid) {
        todo!("one more")
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        todo!("those that were not reaped")
    }

    /// Takes the status of those that have ended.
    pub fn reap(&mut self, ask: &mut Ask<'_>) -> nix::Result<Vec<Ended>> {
        todo!("these children, and no others")
    }
}
