//! A stack that is too small, in a program of its own.
//!
//! ```text
//! │ deep      │
//! │ deep      │   each call takes some more of the stack …
//! │ deep      │
//! ├───────────┤
//! │ guard     │ ← … until one touches this page: SIGSEGV
//! └───────────┘
//! ```
//!
//! Without a handler the program dies of the signal, and nobody knows why.
//! With one it dies, too, but has said of what. Without a guard page it would
//! have gone on, on another coroutine's stack.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use narrator::say;
use nix::sys::signal::Signal;

/// Two runs of this lesson's `worker deep`.
pub fn run() -> io::Result<()> {
    for (how, told) in [("", "no handler"), ("--handler", "a handler")] {
        say("main", "start", format_args!("a program with {told}"));
        let mut worker = Command::new(std::env::current_exe()?);
        worker.args(["worker", "deep"]);
        if !how.is_empty() {
            worker.arg(how);
        }
        let output = worker.output()?;
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            say("deep", "", line);
        }
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            say("deep", "stderr", line);
        }
        let signal = output.status.signal().map(Signal::try_from);
        match signal {
            Some(Ok(signal)) => say("main", "wait", signal),
            _ => say("main", "wait", output.status),
        }
    }
    Ok(())
}
