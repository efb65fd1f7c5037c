//! Where namespaces are forbidden: why, and how to allow them.

use std::fmt;
use std::fs;
use std::io;

use narrator::explain;
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use crate::host::Lab;
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
    /// The kernel has no IPv6, which this demo is about.
    NoIpv6,
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
            Cause::Sandbox => "a container, a sandbox or a chroot forbids it",
            Cause::ReadOnly => "/proc/sys is read-only, as in a container",
            Cause::NoIpv6 => "this kernel has no IPv6, or not switched on",
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
            Cause::NoIpv6 => {
                "start the kernel without ipv6.disable=1, or take one with \
                 CONFIG_IPV6"
            }
            Cause::Other => "cargo workbook doctor says more",
        }
    }

    /// What can't be had because of it.
    pub(crate) fn what(&self) -> &'static str {
        match self.cause {
            Cause::NoIpv6 => "IPv6 is missing",
            _ => "the lab is forbidden",
        }
    }

    /// One line on stderr, then the recorded run on stdout.
    fn replay(&self, recorded: &str) {
        let what = self.what();
        let missing = format_args!("{what} on this machine ({self})");
        narrator::replay(recorded, missing, self.remedy());
    }
}

/// The lab. Where there is none, the recorded run is played instead.
pub(crate) fn or_replay(
    entered: Result<Lab, Forbidden>,
    recorded: &str,
) -> Option<Lab> {
    entered.map_err(|forbidden| forbidden.replay(recorded)).ok()
}

// ANCHOR: enter
/// Enters a user and a network namespace, with the same user in both, and
/// tries out what the lab will need there.
pub fn enter_namespaces() -> Result<Namespace, Forbidden> {
    // Asked before: in the new namespace nobody is anybody yet.
    let (uid, gid) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)
        .map_err(|errno| forbidden(FIRST, errno.into()))?;
    // user_namespaces(7): an ordinary user may map one group, their own, and
    // only after giving up setgroups(2).
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/uid_map", &format!("{uid} {uid} 1"))?;
    write("/proc/self/gid_map", &format!("{gid} {gid} 1"))?;
    // Hosts will need settings and namespaces of their own.
    write("/proc/sys/net/ipv4/tcp_timestamps", "0")?;
    Namespace::new()
        .and_then(|_| Namespace::current())
        .map_err(|error| forbidden("make a network namespace", error))
}
// ANCHOR_END: enter

/// Whether the kernel knows IPv6: only then has it settings for it, ipv6(7).
pub fn find_ipv6() -> Result<(), Forbidden> {
    let step = "/proc/sys/net/ipv6";
    match fs::metadata(step) {
        Ok(_) => Ok(()),
        Err(error) => Err(Forbidden { cause: Cause::NoIpv6, step, error }),
    }
}

/// What is tried first.
const FIRST: &str = "make a user namespace";

fn write(file: &'static str, text: &str) -> Result<(), Forbidden> {
    fs::write(file, text).map_err(|error| forbidden(file, error))
}

fn forbidden(step: &'static str, error: io::Error) -> Forbidden {
    let errno = error.raw_os_error().map(Errno::from_raw);
    let cause = cause(step, errno, threads(), |key| {
        fs::read_to_string(format!("/proc/sys/kernel/{key}")).ok()
    });
    Forbidden { cause, step, error }
}

/// How many threads this process has.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}

/// What the kernel means by its answer to a step. `kernel` reads a setting
/// below `/proc/sys/kernel`, if the kernel has it.
fn cause(
    step: &str,
    errno: Option<Errno>,
    threads: usize,
    kernel: impl Fn(&str) -> Option<String>,
) -> Cause {
    let is = |key, value| kernel(key).is_some_and(|set| set.trim() == value);
    match errno {
        Some(Errno::EINVAL) if threads > 1 => Cause::Threads,
        Some(Errno::EINVAL) => Cause::NotBuilt,
        Some(Errno::ENOSPC | Errno::EUSERS) => Cause::Limit,
        Some(Errno::EROFS) => Cause::ReadOnly,
        Some(Errno::EPERM | Errno::EACCES) => {
            let first = step == FIRST;
            if first && is("unprivileged_userns_clone", "0") {
                Cause::Unprivileged
            } else if !first && is("apparmor_restrict_unprivileged_userns", "1")
            {
                Cause::AppArmor
            } else {
                Cause::Sandbox
            }
        }
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cause of a refusal where one setting of the kernel is as given.
    fn told(step: &str, errno: Errno, set: (&str, &str)) -> Cause {
        let kernel = |key: &str| (key == set.0).then(|| set.1.to_string());
        cause(step, Some(errno), 1, kernel)
    }

    const NONE: (&str, &str) = ("", "");
    const DEBIAN: (&str, &str) = ("unprivileged_userns_clone", "0\n");
    const UBUNTU: (&str, &str) =
        ("apparmor_restrict_unprivileged_userns", "1\n");

    #[test]
    fn each_refusal_has_its_cause() {
        let map = "/proc/self/uid_map";
        for (step, errno, set, due) in [
            (FIRST, Errno::EINVAL, NONE, Cause::NotBuilt),
            (FIRST, Errno::ENOSPC, NONE, Cause::Limit),
            (FIRST, Errno::EUSERS, NONE, Cause::Limit),
            (FIRST, Errno::EPERM, NONE, Cause::Sandbox),
            (FIRST, Errno::EPERM, DEBIAN, Cause::Unprivileged),
            // AppArmor lets the namespace be made. So this was another.
            (FIRST, Errno::EPERM, UBUNTU, Cause::Sandbox),
            (map, Errno::EPERM, UBUNTU, Cause::AppArmor),
            (map, Errno::EACCES, UBUNTU, Cause::AppArmor),
            (map, Errno::EROFS, NONE, Cause::ReadOnly),
            (map, Errno::EIO, NONE, Cause::Other),
        ] {
            assert_eq!(told(step, errno, set), due, "{step}: {errno}");
        }
    }

    #[test]
    fn threads_are_the_program_s_own_fault() {
        let cause = cause(FIRST, Some(Errno::EINVAL), 2, |_| None);

        assert_eq!(cause, Cause::Threads);
    }
}
