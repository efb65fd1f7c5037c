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
use std::sync::Arc;

use lab::Lab;
use libtest_mimic::{Arguments, Trial};

use crate::transcript::{Filter, LIMIT, Lesson, output_in_time};

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

/// What a claim needs beside the lesson's program.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Lab,
    LabAndTshark,
}

/// A claim that is tried inside the lab: its name, and the trial.
pub type Inside = (&'static str, fn(Lab));

/// A lesson's wire demos, and what is claimed of them.
pub struct Wire {
    lesson: Arc<Lesson>,
    scratch: PathBuf,
    claims: Vec<Claim>,
    inside: Vec<Inside>,
}

struct Claim {
    name: String,
    need: Need,
    check: Box<dyn FnOnce(&Lesson) + Send>,
}

impl Wire {
    /// Made by [`wire!`](crate::wire!), which knows the lesson and a folder
    /// for files that don't last.
    pub fn new(lesson: Lesson, scratch: &'static str) -> Self {
        Wire {
            lesson: Arc::new(lesson),
            scratch: scratch.into(),
            claims: Vec::new(),
            inside: Vec::new(),
        }
    }

    /// A demo prints its snapshot, [`Lesson::shows`]. And where namespaces
    /// are forbidden it prints the same, with one line of warning.
    pub fn shows(self, demo: &'static str, filters: &'static [Filter]) -> Self {
        self.claim(demo, move |lesson| lesson.shows(demo, filters))
            .replays(demo, vec![demo])
    }

    /// The same for the demo that runs when none is named,
    /// [`Lesson::shows_first`].
    pub fn shows_first(
        self,
        demo: &'static str,
        filters: &'static [Filter],
    ) -> Self {
        self.claim(demo, move |lesson| lesson.shows_first(demo, filters))
            .replays(demo, vec![])
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
        self.add(name, Need::Lab, check)
    }

    /// Any other claim that needs the lab and tshark.
    pub fn claim_in_tshark(
        self,
        name: &str,
        check: impl FnOnce(&Lesson) + Send + 'static,
    ) -> Self {
        self.add(name, Need::LabAndTshark, check)
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
        self.add(&name, Need::LabAndTshark, move |lesson| {
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

    fn replays(self, demo: &'static str, run: Vec<&'static str>) -> Self {
        let name = format!("{demo}_is_replayed_where_the_lab_is_forbidden");
        self.claim(&name, move |lesson| {
            let (told, warned) = lesson.run_by(forbid, &run);
            let snapshot = lesson.snapshot(demo);
            is_replay(&snapshot, &told);
            assert_eq!(warned.lines().count(), 1, "{warned}");
            assert!(warned.contains("user.max_user_namespaces"), "{warned}");
        })
    }

    /// Where the kernel has no IPv6, too, the demo prints its snapshot, with
    /// one line of warning. For demos whose hosts speak it.
    pub fn replays_without_ipv6(self, demo: &'static str) -> Self {
        let name = format!("{demo}_is_replayed_where_there_is_no_ipv6");
        self.claim(&name, move |lesson| {
            let (told, warned) = lesson.run_by(without_ipv6, &[demo]);
            is_replay(&lesson.snapshot(demo), &told);
            assert_eq!(warned.lines().count(), 1, "{warned}");
            assert!(warned.contains("CONFIG_IPV6"), "{warned}");
        })
    }

    fn add(
        mut self,
        name: &str,
        need: Need,
        check: impl FnOnce(&Lesson) + Send + 'static,
    ) -> Self {
        let check = Box::new(check);
        self.claims.push(Claim { name: name.into(), need, check });
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
        let (lab, tshark) = (lab_missing(), tshark_missing());
        let in_ci = env::var_os("CI").is_some();
        let trial = |claim: Claim| {
            let missing = match claim.need {
                Need::Lab => lab.clone(),
                Need::LabAndTshark => lab.clone().or(tshark.clone()),
            };
            let Some(missing) = missing else {
                let lesson = self.lesson.clone();
                let check = claim.check;
                return Trial::test(claim.name, move || {
                    check(&lesson);
                    Ok(())
                });
            };
            Trial::test(claim.name, move || Err(missing.into()))
                .with_ignored_flag(!in_ci)
        };
        let trials = self.claims.into_iter().map(trial).collect();
        libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
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
    let child = this_program().arg(MAY_I).output();
    let child = child.expect("a test can start itself again");
    let why = String::from_utf8_lossy(&child.stderr).into_owned();
    (!child.status.success()).then_some(why)
}

fn tshark_missing() -> Option<String> {
    let found = Command::new("tshark").arg("--version").output();
    let missing = "tshark is missing: run scripts/test-tools";
    found.is_err().then(|| missing.into())
}

fn this_program() -> Command {
    Command::new(env::current_exe().expect("a test has a file"))
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

/// What a demo told is the recorded run.
#[track_caller]
fn is_replay(snapshot: &str, told: &str) {
    let body = snapshot.split_once('\n');
    let (_, recorded) = body.expect("a command line first");
    assert_eq!(told.trim_end(), recorded.trim_end());
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
