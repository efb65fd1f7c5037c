//! The calls that `batch` counts, counted once more by the kernel: ptrace(2)
//! stops the program at each of its main thread's calls. The clients play on
//! another thread, which isn't traced.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use nix::libc::{self, c_long};
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use support::ring::RING;
use support::trials::Trials;

fn main() -> ExitCode {
    let trials = Trials::new(support::lesson!());
    trials
        .claim("the_kernel_counts_the_same_calls", missing, |_| {
            let (table, counted) = run_traced();
            let column = |number: usize| -> u64 {
                let rows = table.lines().skip(1);
                rows.map(|row| {
                    let mut cells = row.split_whitespace();
                    cells.nth(number).unwrap().parse::<u64>().unwrap()
                })
                .sum()
            };
            let kernel = |call| *counted.get(&call).unwrap_or(&0);
            assert_eq!(column(1), kernel(EPOLL_WAIT), "epoll_wait");
            assert_eq!(column(2), kernel(libc::SYS_recvfrom), "recv");
            assert_eq!(column(3), kernel(libc::SYS_sendto), "send");
            assert_eq!(column(5), kernel(libc::SYS_io_uring_enter));
            // Not one of the calls that could stand for them.
            for other in [libc::SYS_read, libc::SYS_recvmsg] {
                assert!(kernel(other) < 100, "{other}: {}", kernel(other));
            }
        })
        .run()
}

/// How the C library's `epoll_wait` enters the kernel.
#[cfg(target_arch = "x86_64")]
const EPOLL_WAIT: c_long = libc::SYS_epoll_wait;
#[cfg(not(target_arch = "x86_64"))]
const EPOLL_WAIT: c_long = libc::SYS_epoll_pwait;

fn missing() -> Option<String> {
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    let forbidden = scope.is_ok_and(|scope| scope.trim() == "3");
    let told = "kernel.yama.ptrace_scope is 3: nobody may trace";
    (RING.missing)().or(forbidden.then(|| told.into()))
}

/// What `batch` tells, and how often its main thread called what.
fn run_traced() -> (String, HashMap<c_long, u64>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-completion"));
    command.arg("batch").stdout(Stdio::piped());
    // SAFETY: between fork and exec it makes one call, which asks to be
    // traced and touches no memory.
    unsafe { command.pre_exec(|| Ok(ptrace::traceme()?)) };
    let mut child = command.spawn().unwrap();
    let pid = Pid::from_raw(child.id() as i32);
    // The first stop is that of exec.
    waitpid(pid, None).unwrap();
    let options = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(pid, options).unwrap();
    let counted = count(pid);
    // Its end has been seen, so this has nothing more to wait for.
    let _ = child.wait();
    let mut table = String::new();
    child.stdout.take().unwrap().read_to_string(&mut table).unwrap();
    (table, counted)
}

fn count(pid: Pid) -> HashMap<c_long, u64> {
    let mut counted = HashMap::new();
    let mut signal: Option<Signal> = None;
    loop {
        ptrace::syscall(pid, signal.take()).unwrap();
        match waitpid(pid, None).unwrap() {
            WaitStatus::PtraceSyscall(_) => {
                let info = ptrace::syscall_info(pid).unwrap();
                if info.op == libc::PTRACE_SYSCALL_INFO_ENTRY {
                    // SAFETY: `op` says which part of the union is filled.
                    let call = unsafe { info.u.entry.nr };
                    *counted.entry(call as c_long).or_default() += 1;
                }
            }
            WaitStatus::Stopped(_, came) => signal = Some(came),
            WaitStatus::Exited(_, 0) => return counted,
            other => panic!("{other:?}"),
        }
    }
}
