//! Tests of demos that need the lab: hosts, and a wire between them.
//!
//! A lesson's `tests/wire.rs` is a program with a `main` of its own
//! (`harness = false`), since whether its trials can run is known only when
//! it runs:
//!
//! ```text
//! fn main() -> std::process::ExitCode {
//!     support::wire!()
//!         .shows("handshake", &[])
//!         .records("handshake")
//!         .opens_in_tshark("handshake")
//!         .run()
//! }
//! ```
//!
//! Where namespaces are forbidden, or tshark isn't installed, the trials
//! that need them count as ignored; where `CI` is set they fail.
//!
//! Start reading at [`Wire::run`].

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;

use lab::Lab;

use crate::transcript::{Filter, LIMIT, Lesson, output_in_time};
use crate::trials::{Need, Trials, this_program};

/// Asks this program, started anew, whether it may enter the lab.
const MAY_I: &str = "--may-this-process-enter-the-lab";

/// Asks this program, started anew, to run another where it may not.
const FORBID: &str = "--run-where-the-lab-is-forbidden";

/// Asks this program, started anew, to try one claim inside the lab.
const INSIDE: &str = "--try-inside-the-lab";

/// The lesson whose wire demos are tested.
#[macro_export]
macro_rules! wire {
    () => {
        $crate::wire::Wire::new($crate::lesson!(), env!("CARGO_TARGET_TMPDIR"))
    };
}

/// What a demo needs that joins hosts.
static LAB: Need = Need {
    missing: lab_missing,
    forbid,
    forbidden: "where_the_lab_is_forbidden",
    remedy: "user.max_user_namespaces",
};

/// A claim that is tried inside the lab: its name, and the trial.
pub type Inside = (&'static str, fn(Lab));

/// A lesson's wire demos, and what is claimed of them.
pub struct Wire {
    trials: Trials,
    scratch: PathBuf,
    inside: Vec<Inside>,
}

impl Wire {
    /// Made by [`wire!`](crate::wire!), which knows the lesson and a folder
    /// for files that don't last.
    pub fn new(lesson: Lesson, scratch: &'static str) -> Self {
        Wire {
            trials: Trials::new(lesson),
            scratch: scratch.into(),
            inside: Vec::new(),
        }
    }

    /// A demo prints its snapshot, [`Lesson::shows`]. And where namespaces
    /// are forbidden it prints the same, with one line of warning.
    pub fn shows(
        mut self,
        demo: &'static str,
        filters: &'static [Filter],
    ) -> Self {
        self.trials = self.trials.shows(&LAB, demo, filters);
        self
    }

    /// The same for the demo that runs when none is named,
    /// [`Lesson::shows_first`].
    pub fn shows_first(
        mut self,
        demo: &'static str,
        filters: &'static [Filter],
    ) -> Self {
        self.trials = self.trials.shows_first(&LAB, demo, filters);
        self
    }

    /// A demo's data is its snapshot, [`Lesson::records`].
    pub fn records(self, demo: &'static str) -> Self {
        self.claim(&format!("{demo}_json"), move |lesson| lesson.records(demo))
    }

    /// Any other claim about the lesson that needs the lab.
    pub fn claim(
        self,
        name: &str,
        check: impl FnOnce(&Lesson) + Send + 'static,
    ) -> Self {
        self.claim_if(LAB.missing, name, check)
    }

    /// Any other claim that needs the lab and tshark.
    pub fn claim_in_tshark(
        self,
        name: &str,
        check: impl FnOnce(&Lesson) + Send + 'static,
    ) -> Self {
        self.claim_if(lab_or_tshark_missing, name, check)
    }

    /// Claims that are tried inside the lab, each in a process of its own:
    /// each is given a lab without hosts, and panics if it does not hold.
    pub fn inside(mut self, claims: &[Inside]) -> Self {
        for (name, check) in claims {
            self.inside.push((name, *check));
            let name = *name;
            self = self.claim(name, move |_| {
                let mut child = this_program();
                let child = output_in_time(child.args([INSIDE, name]), LIMIT);
                let told = String::from_utf8_lossy(&child.stderr);
                assert!(child.status.success(), "{told}");
            });
        }
        self
    }

    /// `DEMO --pcap FILE` writes a file in which tshark finds frames, all of
    /// them well formed, all checksums right. And where namespaces are
    /// forbidden it writes none, and tells what to do.
    pub fn opens_in_tshark(self, demo: &'static str) -> Self {
        let file = self.capture_of(demo);
        let name = format!("{demo}_opens_in_tshark");
        self.claim_if(lab_or_tshark_missing, &name, move |lesson| {
            let path = file.to_str().expect("a path in UTF-8");
            lesson.run(&[demo, "--pcap", path]);
            let (frames, bad) = (tshark(&file, ""), bad_frames(&file));
            std::fs::remove_file(&file).expect("the file is there");
            assert!(!frames.is_empty(), "tshark finds no frames");
            assert_eq!(bad, "", "tshark complains of these frames");
        })
        .refuses_a_capture(demo)
    }

    fn refuses_a_capture(self, demo: &'static str) -> Self {
        let file = self.capture_of(&format!("{demo}-forbidden"));
        let name = format!("{demo}_has_no_frames_where_the_lab_is_forbidden");
        self.claim(&name, move |lesson| {
            let path = file.to_str().expect("a path in UTF-8");
            let told = lesson.fails_by(forbid, &[demo, "--pcap", path]);
            assert!(told.contains(path), "{told}");
            let remedy = "To allow it: sudo sysctl -w user.max_user_namespaces";
            assert!(told.contains(remedy), "{told}");
            assert!(!file.exists(), "a file without frames");
        })
    }

    /// A file for frames that no other run of the tests writes to.
    fn capture_of(&self, name: &str) -> PathBuf {
        let unique = format!("{name}-{}.pcap", std::process::id());
        self.scratch.join(unique)
    }

    /// Where the kernel has no IPv6, too, the demo prints its snapshot, with
    /// one line of warning. For demos whose hosts speak it.
    pub fn replays_without_ipv6(self, demo: &'static str) -> Self {
        let name = format!("{demo}_is_replayed_where_there_is_no_ipv6");
        self.claim(&name, move |lesson| {
            lesson.is_replayed(demo, without_ipv6, &[demo], "CONFIG_IPV6");
        })
    }

    /// Any other claim that needs something else: what is missing here?
    pub fn claim_if(
        mut self,
        missing: fn() -> Option<String>,
        name: &str,
        check: impl FnOnce(&Lesson) + Send + 'static,
    ) -> Self {
        self.trials = self.trials.claim(name, missing, check);
        self
    }

    /// Finds out what this machine can do, then tries all claims: the
    /// `main` of a `tests/wire.rs`.
    pub fn run(self) -> ExitCode {
        let mut arguments = env::args().skip(1);
        match arguments.next().as_deref() {
            Some(MAY_I) => return try_to_enter(),
            Some(INSIDE) => return self.try_inside(arguments.next()),
            Some(FORBID) => return run_forbidden(arguments.collect()),
            _ => {}
        }
        self.trials.run()
    }
}

impl Wire {
    fn try_inside(&self, name: Option<String>) -> ExitCode {
        let called = |(one, _): &&Inside| name.as_deref() == Some(one);
        let claim = self.inside.iter().find(called);
        let (_, check) = claim.expect("a claim of that name");
        check(Lab::enter().expect("the lab may be entered"));
        ExitCode::SUCCESS
    }
}

/// Why there is no lab here, if so. Found out by a child, which ends then: a
/// process can't leave its user namespace again.
fn lab_missing() -> Option<String> {
    static MISSING: LazyLock<Option<String>> = LazyLock::new(|| {
        let child = this_program().arg(MAY_I).output();
        let child = child.expect("a test can start itself again");
        let why = String::from_utf8_lossy(&child.stderr).into_owned();
        (!child.status.success()).then_some(why)
    });
    MISSING.clone()
}

fn lab_or_tshark_missing() -> Option<String> {
    static FOUND: LazyLock<bool> = LazyLock::new(|| {
        Command::new("tshark").arg("--version").output().is_ok()
    });
    let missing = "tshark is missing: run scripts/test-tools";
    lab_missing().or((!*FOUND).then(|| missing.into()))
}

fn try_to_enter() -> ExitCode {
    match Lab::enter() {
        Ok(_) => ExitCode::SUCCESS,
        Err(forbidden) => {
            eprint!("the lab is forbidden here: {forbidden}");
            ExitCode::FAILURE
        }
    }
}

/// The command that runs `binary` on a machine that really forbids what the
/// lab needs. For [`Lesson::run_by`], in claims of a [`Wire`].
pub fn forbid(binary: &str) -> Command {
    let mut command = this_program();
    command.args([FORBID, binary]);
    command
}

/// The command that runs `binary` where `/proc/sys/net` has nothing of IPv6,
/// as on a kernel without it: unshare(1), mount(8).
fn without_ipv6(binary: &str) -> Command {
    const SETTINGS: &str = "mount -t tmpfs none /proc/sys/net && \
                            mkdir /proc/sys/net/ipv4 && \
                            : > /proc/sys/net/ipv4/tcp_timestamps && \
                            exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "--"]);
    command.args(["sh", "-c", SETTINGS, "sh", binary]);
    command
}

/// Enters a user namespace, allows none below it, user_namespaces(7), and
/// becomes the program that is to be run there.
fn run_forbidden(command: Vec<String>) -> ExitCode {
    let _lab = Lab::enter().expect("the lab may be entered");
    std::fs::write("/proc/sys/user/max_user_namespaces", "0")
        .expect("a limit of one's own may be set");
    let [program, arguments @ ..] = &command[..] else {
        panic!("no program to run");
    };
    panic!("{program}: {}", Command::new(program).args(arguments).exec());
}

/// What no frame of a good file is: malformed, or with a wrong checksum.
const BAD: &str = "_ws.malformed || _ws.short || \
                   ip.checksum.status == 0 || icmp.checksum.status == 0 || \
                   icmpv6.checksum.status == 0 || \
                   tcp.checksum.status == 0 || udp.checksum.status == 0";

/// The frames of a pcap file that tshark calls malformed, or whose checksums
/// it finds wrong, a line each.
pub fn bad_frames(file: &Path) -> String {
    tshark(file, BAD)
}

/// The frames of a file that the filter lets through, a line each.
fn tshark(file: &Path, filter: &str) -> String {
    let mut command = Command::new("tshark");
    for protocol in ["ip", "tcp", "udp"] {
        command.args(["-o", &format!("{protocol}.check_checksum:TRUE")]);
    }
    command.arg("-r").arg(file);
    if !filter.is_empty() {
        command.args(["-Y", filter]);
    }
    let output = command.output().expect("tshark runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tshark: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
