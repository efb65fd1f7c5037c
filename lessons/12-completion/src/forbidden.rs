//! Where io_uring is forbidden: why, and how to allow it.

use std::fmt;
use std::fs;
use std::io;

use narrator::explain;
use nix::errno::Errno;

/// Why the machine refused, as far as its answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `kernel.io_uring_disabled` is 1 or 2: EPERM.
    Disabled,
    /// A sandbox said no, as a container's seccomp filter does: EPERM, or
    /// ENOSYS as if there were no such call.
    Sandbox,
    /// The kernel was built without it: ENOSYS.
    NotBuilt,
    /// The kernel is older than the operations that the lesson uses.
    TooOld,
    /// The process may lock no more memory, which rings need before Linux
    /// 5.12: ENOMEM.
    Memory,
    /// The process may open no more descriptors: EMFILE.
    Descriptors,
    /// Something else; the error says what.
    Other,
}

/// This machine gives no ring.
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
        let remedy = forbidden.remedy();
        let told = format!("{forbidden}. To allow it: {remedy}");
        io::Error::new(forbidden.error.kind(), told)
    }
}

impl Forbidden {
    pub(crate) fn new(step: &'static str, error: io::Error) -> Self {
        let errno = error.raw_os_error().map(Errno::from_raw);
        let cause = cause(errno, |file| fs::read_to_string(file).ok());
        Forbidden { cause, step, error }
    }

    pub(crate) fn too_old() -> Self {
        let error = io::Error::from(Errno::EINVAL);
        let step = "io_uring_register";
        Forbidden { cause: Cause::TooOld, step, error }
    }

    /// What stands in the way.
    pub fn why(&self) -> &'static str {
        match self.cause {
            Cause::Disabled => "kernel.io_uring_disabled is set",
            Cause::Sandbox => "a container or a sandbox forbids it",
            Cause::NotBuilt => "this kernel was built without it",
            Cause::TooOld => "this kernel is older than 5.19",
            Cause::Memory => "no more memory may be locked",
            Cause::Descriptors => "no more descriptors may be opened",
            Cause::Other => "the machine refuses",
        }
    }

    /// What to do about it: a command, or in words.
    pub fn remedy(&self) -> &'static str {
        match self.cause {
            Cause::Disabled => "sudo sysctl -w kernel.io_uring_disabled=0",
            Cause::Sandbox => {
                "run it outside; or, with Docker, docker run \
                 --security-opt seccomp=unconfined"
            }
            Cause::NotBuilt => "a kernel with CONFIG_IO_URING",
            Cause::TooOld => "Linux 5.19 or newer",
            Cause::Memory => "ulimit -l unlimited, as root",
            Cause::Descriptors => "ulimit -n 1024",
            Cause::Other => "cargo workbook doctor says more",
        }
    }

    /// One line on stderr, then the recorded run on stdout.
    pub fn replay(&self, recorded: &str) {
        let missing =
            format_args!("io_uring is forbidden on this machine ({self})");
        narrator::replay(recorded, missing, self.remedy());
    }
}

/// What the kernel means by its answer. `read` reads a file of /proc, if it
/// is there.
fn cause(errno: Option<Errno>, read: impl Fn(&str) -> Option<String>) -> Cause {
    // Linux 6.6 and newer have it, where io_uring was built in.
    let setting = read("/proc/sys/kernel/io_uring_disabled");
    let disabled = setting.as_deref().is_some_and(|set| set.trim() != "0");
    // proc_pid_status(5): a filter looks at this process's calls.
    let status = read("/proc/self/status").unwrap_or_default();
    let filtered = status.lines().any(|line| line == "Seccomp:\t2");
    match errno {
        Some(Errno::EPERM) if disabled => Cause::Disabled,
        Some(Errno::EPERM | Errno::EACCES) => Cause::Sandbox,
        Some(Errno::ENOSYS) if filtered || setting.is_some() => Cause::Sandbox,
        Some(Errno::ENOSYS) => Cause::NotBuilt,
        Some(Errno::ENOMEM) => Cause::Memory,
        Some(Errno::EMFILE | Errno::ENFILE) => Cause::Descriptors,
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cause of a refusal where /proc says this.
    fn told(errno: Errno, disabled: Option<&str>, seccomp: &str) -> Cause {
        cause(Some(errno), |file| match file {
            "/proc/self/status" => Some(format!("Seccomp:\t{seccomp}\n")),
            _ => disabled.map(|value| format!("{value}\n")),
        })
    }

    #[test]
    fn each_refusal_has_its_cause() {
        let (allowed, old) = (Some("0"), None);
        for (errno, disabled, seccomp, due) in [
            (Errno::EPERM, Some("2"), "0", Cause::Disabled),
            (Errno::EPERM, Some("1"), "2", Cause::Disabled),
            (Errno::EPERM, allowed, "2", Cause::Sandbox),
            (Errno::EACCES, allowed, "0", Cause::Sandbox),
            (Errno::EPERM, old, "2", Cause::Sandbox),
            // A filter may pretend that there is no such call.
            (Errno::ENOSYS, old, "2", Cause::Sandbox),
            (Errno::ENOSYS, allowed, "0", Cause::Sandbox),
            (Errno::ENOSYS, old, "0", Cause::NotBuilt),
            (Errno::ENOMEM, old, "0", Cause::Memory),
            (Errno::EMFILE, allowed, "0", Cause::Descriptors),
            (Errno::EINVAL, allowed, "0", Cause::Other),
        ] {
            let got = told(errno, disabled, seccomp);
            assert_eq!(got, due, "{errno}, {disabled:?}, {seccomp}");
        }
    }

    #[test]
    fn an_error_names_the_remedy() {
        let error = io::Error::from(Forbidden::too_old());

        assert_eq!(
            error.to_string(),
            "io_uring_register: Invalid argument (EINVAL): this kernel is \
             older than 5.19. To allow it: Linux 5.19 or newer"
        );
    }
}
