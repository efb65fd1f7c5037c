//! Where namespaces are forbidden: why, and how to allow them.

use std::fmt;
use std::fs;
use std::io;

use narrator::explain;
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getgid, getuid};

use crate::namespace::Namespace;

/// Why the machine refused, as far as its answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The program has started threads; a fault of the program.
    Threads,
    /// The kernel was built without user namespaces: EINVAL.
    NotBuilt,
    /// As many namespaces exist as may, which can mean none: ENOSPC.
    Limit,
    /// `kernel.unprivileged_userns_clone` is 0 (Debian): EPERM.
    Unprivileged,
    /// AppArmor lets the process have its namespaces, and no right in them:
    /// `kernel.apparmor_restrict_unprivileged_userns` is 1 (Ubuntu 24.04).
    AppArmor,
    /// A sandbox said no: a container's seccomp filter, a chroot: EPERM.
    Sandbox,
    /// `/proc/sys` can't be written to, as in a container: EROFS.
    ReadOnly,
    /// Something else; the error says what.
    Other,
}

/// This machine forbids what the lab needs.
#[derive(Debug)]
pub struct Forbidden {
    /// Why, as far as the kernel's answer tells.
    pub cause: Cause,
    step: &'static str,
    error: io::Error,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (step, error) = (self.step, explain(&self.error));
        write!(f, "{step}: {error}: {}", self.why())
    }
}

impl std::error::Error for Forbidden {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<Forbidden> for io::Error {
    fn from(forbidden: Forbidden) -> Self {
        io::Error::new(forbidden.error.kind(), forbidden)
    }
}

impl Forbidden {
    /// What stands in the way.
    pub fn why(&self) -> &'static str {
        match self.cause {
            Cause::Threads => "the lab must be entered before any thread",
            Cause::NotBuilt => "this kernel has no user namespaces",
            Cause::Limit => "no more namespaces may be made here",
            Cause::Unprivileged => "only root may make user namespaces here",
            Cause::AppArmor => "AppArmor takes all rights from them",
            Cause::Sandbox => "a container, sandbox or chroot forbids it",
            Cause::ReadOnly => "/proc/sys is read-only, as in a container",
            Cause::Other => "the machine refuses",
        }
    }

    /// What to do about it: a command, or in words.
    pub fn remedy(&self) -> &'static str {
        match self.cause {
            Cause::Threads => "call Lab::enter first of all in main",
            Cause::NotBuilt => "a kernel with CONFIG_USER_NS and CONFIG_NET_NS",
            Cause::Limit => {
                "sudo sysctl -w user.max_user_namespaces=10000 \
                 user.max_net_namespaces=10000"
            }
            Cause::Unprivileged => {
                "sudo sysctl -w kernel.unprivileged_userns_clone=1"
            }
            Cause::AppArmor => {
                "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            }
            Cause::Sandbox | Cause::ReadOnly => {
                "run it outside; or, with Docker, docker run --privileged"
            }
            Cause::Other => "cargo workbook doctor says more",
        }
    }

    /// One line on stderr, then the recorded run on stdout.
    pub(crate) fn replay(&self, recorded: &str) {
        eprintln!("{}", self.notice());
        print!("{}", transcript(recorded));
    }

    fn notice(&self) -> String {
        format!(
            "The lab is forbidden on this machine ({self}). To allow it: {}. \
             This is a recorded run:",
            self.remedy()
        )
    }
}

/// What an insta snapshot holds below its header: the lines from the second
/// `---` on, without the command.
fn transcript(snapshot: &str) -> &str {
    let body = snapshot.splitn(3, "---\n").nth(2).unwrap_or(snapshot);
    match body.split_once('\n') {
        Some((first, rest)) if first.starts_with("$ ") => rest,
        _ => body,
    }
}

/// Enters a user and a network namespace, with the same user in both, and
/// tries out what the lab will need there.
pub fn enter_namespaces() -> Result<Namespace, Forbidden> {
    // Read before: in the new namespace nobody is anybody yet.
    let (uid, gid) = (getuid(), getgid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)
        .map_err(io::Error::from)
        .or_else(|error| refused("make a user namespace", error))?;
    // user_namespaces(7): whoever may not drop groups may map their own.
    let maps = [
        ("/proc/self/setgroups", "deny".to_string()),
        ("/proc/self/uid_map", format!("{uid} {uid} 1")),
        ("/proc/self/gid_map", format!("{gid} {gid} 1")),
    ];
    for (file, map) in maps {
        fs::write(file, map).or_else(|error| refused("map the user", error))?;
    }
    fs::write("/proc/sys/net/ipv4/tcp_timestamps", "0")
        .or_else(|error| refused("set a sysctl", error))?;
    Namespace::new()
        .or_else(|error| refused("make a network namespace", error))?;
    Namespace::current().or_else(|error| refused("look at /proc", error))
}

fn refused<T>(step: &'static str, error: io::Error) -> Result<T, Forbidden> {
    let cause = match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EINVAL) if threads() > 1 => Cause::Threads,
        Some(Errno::EINVAL) => Cause::NotBuilt,
        Some(Errno::ENOSPC | Errno::EUSERS) => Cause::Limit,
        Some(Errno::EROFS) => Cause::ReadOnly,
        Some(Errno::EPERM | Errno::EACCES) => who_forbids(),
        _ => Cause::Other,
    };
    Err(Forbidden { cause, step, error })
}

fn who_forbids() -> Cause {
    let is = |key: &str, value: &str| {
        fs::read_to_string(format!("/proc/sys/kernel/{key}"))
            .is_ok_and(|text| text.trim() == value)
    };
    if is("unprivileged_userns_clone", "0") {
        Cause::Unprivileged
    } else if is("apparmor_restrict_unprivileged_userns", "1") {
        Cause::AppArmor
    } else {
        Cause::Sandbox
    }
}

/// How many threads this process has.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}
