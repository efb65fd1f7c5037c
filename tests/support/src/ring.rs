//! Tests of demos that need io_uring, and a place where it is forbidden.
//!
//! A lesson's `tests/transcripts.rs` is then a program with a `main` of its
//! own (`harness = false`):
//!
//! ```text
//! fn main() -> std::process::ExitCode {
//!     support::ring::forbid_if_asked();
//!     Trials::new(support::lesson!()).shows(&RING, "cancel", &[]).run()
//! }
//! ```
//!
//! What forbids it is what containers use: a seccomp filter, seccomp(2).

#![allow(unsafe_code)]

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::LazyLock;

use nix::errno::Errno;
use nix::libc;

use crate::check::{Broken, Log};
use crate::trials::{Need, this_program};

/// Asks this program, started anew, to run another where there is no ring.
const FORBID: &str = "--run-where-io_uring-is-forbidden";

/// What a demo needs that submits and completes.
pub static RING: Need = Need {
    missing,
    forbid,
    forbidden: "where_io_uring_is_forbidden",
    remedy: "To allow it: run it outside",
};

fn missing() -> Option<String> {
    static MISSING: LazyLock<Option<String>> =
        LazyLock::new(|| match setup() {
            Ok(()) => None,
            Err(errno) => Some(format!("io_uring is forbidden here: {errno}")),
        });
    MISSING.clone()
}

/// Whether a check can be made that needs a ring. Where it can't, the log
/// says why.
///
/// # Errors
/// It can't, and this is CI.
pub fn is_here(log: &Log) -> Result<bool, Broken> {
    let Some(missing) = missing() else { return Ok(true) };
    log.leave_out(format!(
        "{missing}. The other checks need no ring. `cargo workbook doctor` \
         says how to allow it, and then this one can be made."
    ))?;
    Ok(false)
}

/// Makes a ring, and closes it: `io_uring_setup(2)`.
fn setup() -> nix::Result<()> {
    // struct io_uring_params: 120 bytes, all zero for a ring without wishes.
    let mut parameters = [0u64; 15];
    // SAFETY: the kernel reads and writes no more than the 120 bytes.
    let fd = unsafe {
        libc::syscall(libc::SYS_io_uring_setup, 1, parameters.as_mut_ptr())
    };
    let fd = Errno::result(fd)? as libc::c_int;
    // SAFETY: the descriptor is this function's own.
    unsafe { libc::close(fd) };
    Ok(())
}

/// The command that runs `binary` on a machine that refuses io_uring with
/// EPERM, as a container does.
pub fn forbid(binary: &str) -> Command {
    forbid_by(Errno::EPERM, binary)
}

/// The same with ENOSYS, as if the kernel knew no such call.
pub fn pretend_there_is_none(binary: &str) -> Command {
    forbid_by(Errno::ENOSYS, binary)
}

fn forbid_by(errno: Errno, binary: &str) -> Command {
    let mut command = this_program();
    command.args([FORBID, &(errno as i32).to_string(), binary]);
    command
}

/// The first statement of `main` of a test that uses [`forbid`]: this process
/// may be the one that is to become the program.
pub fn forbid_if_asked() {
    let words: Vec<_> = env::args().skip(1).collect();
    let [first, errno, program, arguments @ ..] = &words[..] else { return };
    if first == FORBID {
        let errno = errno.parse().expect("the number of an error");
        install(errno).expect("a process may restrict itself");
        panic!("{program}: {}", Command::new(program).args(arguments).exec());
    }
}

/// From here on `io_uring_setup` fails for this process, and for what it
/// becomes.
fn install(errno: u32) -> io::Result<()> {
    const SETUP: u32 = libc::SYS_io_uring_setup as u32;
    let step = |code: u32, jt, jf, k| {
        let code = code as u16;
        sock_filter { code, jt, jf, k }
    };
    use libc::*;
    let mut program = [
        // The number of the call is the first field of seccomp_data.
        step(BPF_LD | BPF_W | BPF_ABS, 0, 0, 0),
        step(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SETUP),
        step(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | errno),
        step(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW),
    ];
    let len = program.len() as u16;
    let program = sock_fprog { len, filter: program.as_mut_ptr() };
    // SAFETY: it sets a flag. Without it, only root may install a filter.
    let quiet = unsafe { prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    Errno::result(quiet)?;
    // SAFETY: the program is live and as long as it says; the kernel copies.
    let done = unsafe {
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &raw const program)
    };
    Errno::result(done)?;
    Ok(())
}
