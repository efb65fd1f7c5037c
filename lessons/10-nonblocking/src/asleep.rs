//! Whether a thread waits, and in which call: the kernel tells in
//! `/proc/self/task/TID/syscall`, proc_pid_syscall(5).
//!
//! ```text
//! running                                    it runs, or would like to
//! 45 0x5 0x7f…    …                          it sleeps in call number 45,
//! │  └ the first argument: descriptor 5      recvfrom on x86-64
//! └ the number of the call
//! ```
//!
//! The demos stand on this: a peer speaks when the program is known to wait,
//! and not when it probably does. So no demo needs to sleep, and each tells
//! the same story on a busy machine.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{Pid, gettid};

/// How long a thread may take to fall asleep, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call in which threads of these demos wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `recv(2)`, which is recvfrom to the kernel.
    Recv,
    /// `read(2)`.
    Read,
    /// `accept(2)`, or accept4 with flags for the new socket.
    Accept,
    /// `connect(2)`.
    Connect,
    /// `poll(2)`, which is ppoll on newer machines.
    Poll,
    /// `epoll_wait(2)`, which is epoll_pwait on newer machines.
    EpollWait,
    /// `futex(2)`: one thread waits for another.
    Futex,
}

impl Call {
    /// Whether the kernel's number is this call's.
    fn is(self, number: i64) -> bool {
        match self {
            Call::Recv => number == libc::SYS_recvfrom,
            Call::Read => number == libc::SYS_read,
            Call::Accept if number == libc::SYS_accept => true,
            Call::Accept => number == libc::SYS_accept4,
            Call::Connect => number == libc::SYS_connect,
            Call::Futex => number == libc::SYS_futex,
            #[cfg(target_arch = "x86_64")]
            Call::Poll if number == libc::SYS_poll => true,
            // Stopped and continued, it goes on: restart_syscall(2).
            Call::Poll if number == libc::SYS_restart_syscall => true,
            Call::Poll => number == libc::SYS_ppoll,
            #[cfg(target_arch = "x86_64")]
            Call::EpollWait if number == libc::SYS_epoll_wait => true,
            Call::EpollWait => number == libc::SYS_epoll_pwait,
        }
    }
}

/// A thread of this process, by its number.
#[derive(Clone, Copy, Debug)]
pub struct Thread(Pid);

impl Thread {
    /// The one that calls this: `gettid(2)`.
    pub fn this() -> Self {
        Thread(gettid())
    }

    /// Its number.
    pub fn id(self) -> Pid {
        self.0
    }

    // ANCHOR: asleep
    /// The call in which it sleeps: its number, and its first argument.
    /// `None` while it runs.
    fn sleeps(self) -> io::Result<Option<(i64, u64)>> {
        let path = format!("/proc/self/task/{}/syscall", self.0);
        let told = match fs::read_to_string(&path) {
            // A thread that has ended sleeps nowhere.
            Err(e) if has_ended(&e) => return Ok(None),
            told => told.map_err(|e| named(&path, e))?,
        };
        let mut words = told.split_whitespace();
        let number = words.next().and_then(|word| word.parse().ok());
        let first = words.next().and_then(|word| word.strip_prefix("0x"));
        let first = first.and_then(|hex| u64::from_str_radix(hex, 16).ok());
        Ok(number.zip(first))
    }
    // ANCHOR_END: asleep

    /// Whether it sleeps in this call now.
    ///
    /// # Errors
    /// No /proc here.
    pub fn is_asleep_in(self, call: Call) -> io::Result<bool> {
        Ok(self.sleeps()?.is_some_and(|(number, _)| call.is(number)))
    }

    /// Waits until it sleeps in this call.
    ///
    /// # Errors
    /// `TimedOut` where it doesn't within a minute; no /proc here.
    pub fn until_asleep_in(self, call: Call) -> io::Result<()> {
        until(|| self.is_asleep_in(call), || format!("{call:?} doesn't wait"))
    }
}

/// Whether some thread of this process sleeps in this call, on this
/// descriptor.
///
/// # Errors
/// No /proc here.
pub fn sleeps_some_thread(call: Call, on: BorrowedFd<'_>) -> io::Result<bool> {
    // A descriptor is never negative.
    let fd = u64::from(on.as_raw_fd().unsigned_abs());
    let tasks = "/proc/self/task";
    for entry in fs::read_dir(tasks).map_err(|e| named(tasks, e))? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.parse().ok());
        let Some(number) = number else { continue };
        let sleeps = Thread(Pid::from_raw(number)).sleeps()?;
        if sleeps.is_some_and(|(n, first)| call.is(n) && first == fd) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks until the answer is yes, and lets others run in between.
///
/// # Errors
/// `TimedOut` after a minute, with `otherwise` as its words; what `so` gives.
pub fn until(
    mut so: impl FnMut() -> io::Result<bool>,
    otherwise: impl Fn() -> String,
) -> io::Result<()> {
    let began = Instant::now();
    while !so()? {
        if began.elapsed() > PATIENCE {
            let why = format!("{} after {PATIENCE:?}", otherwise());
            return Err(io::Error::new(io::ErrorKind::TimedOut, why));
        }
        thread::yield_now();
    }
    Ok(())
}

/// A thread that has gone has no file, or none that can be read any more.
/// Where no thread has one, there is no /proc.
fn has_ended(error: &io::Error) -> bool {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ESRCH) => true,
        Some(Errno::ENOENT) => Path::new("/proc/thread-self/syscall").exists(),
        _ => false,
    }
}

/// The error, and the file that the demos can't do without.
fn named(path: impl AsRef<Path>, error: io::Error) -> io::Error {
    let path = path.as_ref().display();
    io::Error::new(error.kind(), format!("read {path}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpStream;
    use std::os::fd::AsFd;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_thread_is_seen_to_sleep_to_run_and_to_have_ended() {
        let (client, server) = lesson_tcp::pair().unwrap();
        let server = TcpStream::from(server);
        let (tell, told) = mpsc::channel();

        let thread = thread::scope(|scope| {
            let sleeper = scope.spawn(|| {
                tell.send(Thread::this()).unwrap();
                (&server).read(&mut [0; 8]).unwrap()
            });
            let thread: Thread = told.recv().unwrap();
            thread.until_asleep_in(Call::Recv).unwrap();
            assert!(!thread.is_asleep_in(Call::Poll).unwrap());
            assert!(!Thread::this().is_asleep_in(Call::Recv).unwrap());
            assert!(sleeps_some_thread(Call::Recv, server.as_fd()).unwrap());
            let other = client.as_fd();
            assert!(!sleeps_some_thread(Call::Recv, other).unwrap());
            client.send(b"x").unwrap();
            assert_eq!(sleeper.join().unwrap(), 1);
            thread
        });

        assert!(!thread.is_asleep_in(Call::Recv).unwrap());
    }
}
