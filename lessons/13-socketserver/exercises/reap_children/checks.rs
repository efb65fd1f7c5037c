//! Who is asked for, how often, and what becomes of the answers: with a
//! kernel of the checks' own, and at last with real children.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use support::check::{Broken, Log, Told, check, give_up};

use super::exercise::*;

/// More questions than these are asked by who never stops.
const NEVER_STOPS: usize = 1_000;

/// What a child is doing.
#[derive(Clone, Copy)]
enum Does {
    Runs,
    Has(Ended),
    /// It was stopped, which waitpid tells once.
    Stopped(i32),
}

/// A process without processes: children, and what waitpid says of them.
#[derive(Default)]
struct Kernel {
    children: Vec<(i32, Does)>,
    /// So many questions are interrupted by a signal first.
    interruptions: usize,
    /// Each question fails with this.
    trouble: Option<Errno>,
    calls: usize,
}

fn exited(child: i32, code: i32) -> (i32, Does) {
    (child, Does::Has(Ended::Exited(Pid::from_raw(child), code)))
}

fn killed(child: i32, signal: Signal) -> (i32, Does) {
    (child, Does::Has(Ended::Killed(Pid::from_raw(child), signal)))
}

impl Kernel {
    fn with(children: impl IntoIterator<Item = (i32, Does)>) -> Self {
        let children = children.into_iter().collect();
        Kernel { children, ..Kernel::default() }
    }

    /// waitpid(2).
    fn ask(
        &mut self,
        child: Option<Pid>,
        flags: Option<WaitPidFlag>,
    ) -> nix::Result<WaitStatus> {
        self.calls += 1;
        if self.calls > NEVER_STOPS {
            give_up("waitpid is called again and again, without end");
        }
        if self.interruptions > 0 {
            self.interruptions -= 1;
            return Err(Errno::EINTR);
        }
        if let Some(trouble) = self.trouble {
            return Err(trouble);
        }
        // waitpid(2): 0 and less are groups of processes, or all.
        let named = child.map_or(-1, Pid::as_raw);
        let is_meant = |pid: i32| named <= 0 || pid == named;
        if !self.children.iter().any(|(pid, _)| is_meant(*pid)) {
            return Err(Errno::ECHILD);
        }
        let tells = |(pid, does): &(i32, Does)| {
            is_meant(*pid) && !matches!(does, Does::Runs)
        };
        if let Some(place) = self.children.iter().position(tells) {
            return Ok(self.status(place));
        }
        if !flags.is_some_and(|flags| flags.contains(WaitPidFlag::WNOHANG)) {
            give_up("waitpid without WNOHANG: it waits for who still runs");
        }
        Ok(WaitStatus::StillAlive)
    }

    /// What there is to tell of a child; with its end, it is gone.
    fn status(&mut self, place: usize) -> WaitStatus {
        match self.children[place].1 {
            Does::Runs => WaitStatus::StillAlive,
            Does::Stopped(pid) => {
                self.children[place].1 = Does::Runs;
                WaitStatus::Stopped(Pid::from_raw(pid), Signal::SIGSTOP)
            }
            Does::Has(end) => {
                self.children.remove(place);
                match end {
                    Ended::Exited(pid, code) => WaitStatus::Exited(pid, code),
                    Ended::Killed(pid, signal) => {
                        WaitStatus::Signaled(pid, signal, false)
                    }
                }
            }
        }
    }
}

/// How an answer is shown: sorted, since any order will do.
fn in_words(answer: nix::Result<Vec<Ended>>) -> Told {
    let mut all = match answer {
        Err(error) => return Told(format!("Err({error:?})")),
        Ok(all) => all,
    };
    all.sort_unstable_by_key(|end| match end {
        Ended::Exited(pid, _) | Ended::Killed(pid, _) => pid.as_raw(),
    });
    let word = |end: &Ended| match end {
        Ended::Exited(pid, code) => format!("{pid} exited {code}"),
        Ended::Killed(pid, signal) => format!("{pid} killed by {signal}"),
    };
    let words: Vec<_> = all.iter().map(word).collect();
    match words.is_empty() {
        true => Told("nobody".to_string()),
        false => Told(words.join(", ")),
    }
}

fn told(kernel: &Kernel) -> String {
    let word = |(pid, does): &(i32, Does)| match does {
        Does::Runs => format!("{pid} runs"),
        Does::Stopped(_) => format!("{pid} was stopped"),
        Does::Has(end) => in_words(Ok(vec![*end])).0,
    };
    let words: Vec<_> = kernel.children.iter().map(word).collect();
    match words.is_empty() {
        true => "no children".to_string(),
        false => words.join(", "),
    }
}

/// Claims what `reap_all` says of these children.
fn all(log: &Log, kernel: &mut Kernel, due: &str) -> Result<(), Broken> {
    log.note("children", told(kernel), "");
    log.note("asked", "reap_all", "");
    let got = reap_all(&mut |child, flags| kernel.ask(child, flags));
    log.expect(Told(due.to_string()), in_words(got))
}

/// Claims what a server says that has started these.
fn mine(
    log: &Log,
    server: &mut Children,
    kernel: &mut Kernel,
    due: &str,
) -> Result<(), Broken> {
    log.note("children", told(kernel), "");
    log.note("asked", "Children::reap", "");
    let got = server.reap(&mut |child, flags| kernel.ask(child, flags));
    log.expect(Told(due.to_string()), in_words(got))
}

fn count(log: &Log, server: &Children, due: usize) -> Result<(), Broken> {
    log.note("asked", "Children::count", "");
    log.expect(due, server.count())
}

/// A server that has started these.
fn server(started: &[i32]) -> Children {
    let mut server = Children::default();
    for child in started {
        server.started(Pid::from_raw(*child));
    }
    server
}

#[test]
fn who_has_ended_is_reaped() {
    check("13", "Zombies")
        .because("Its status was asked for: that ends the zombie.")
        .run(|log| {
            all(log, &mut Kernel::with([exited(11, 0)]), "11 exited 0")?;
            log.afresh();
            let (mut mine_, mut kernel) =
                (server(&[11]), Kernel::with([exited(11, 0)]));
            count(log, &mine_, 1)?;
            mine(log, &mut mine_, &mut kernel, "11 exited 0")?;
            count(log, &mine_, 0)
        });
}

#[test]
fn how_it_ended_is_told() {
    check("13", "Zombies")
        .because(
            "A child ends by itself, with a code, or by a signal. Both are \
             ends, and both leave a zombie.",
        )
        .run(|log| {
            let children = [exited(11, 3), killed(12, Signal::SIGKILL)];
            let due = "11 exited 3, 12 killed by SIGKILL";
            all(log, &mut Kernel::with(children), due)?;
            let mut kernel = Kernel::with(children);
            mine(log.afresh(), &mut server(&[11, 12]), &mut kernel, due)
        });
}

#[test]
fn one_signal_may_stand_for_many() {
    check("13", "Zombies")
        .given("given", "three children end, and one SIGCHLD comes")
        .because(
            "A signal that is pending already doesn't come twice, so the \
             number of SIGCHLDs isn't that of children. Whoever takes one \
             for each leaves zombies.",
        )
        .run(|log| {
            let children = [exited(11, 0), exited(12, 0), exited(13, 0)];
            let due = "11 exited 0, 12 exited 0, 13 exited 0";
            all(log, &mut Kernel::with(children), due)?;
            let mut kernel = Kernel::with(children);
            mine(log.afresh(), &mut server(&[11, 12, 13]), &mut kernel, due)
        });
}

#[test]
fn nobody_is_waited_for() {
    check("13", "Zombies")
        .because(
            "11 still serves a client, maybe for hours. Ask with WNOHANG; \
             and when the answer is StillAlive, don't ask for the same one \
             again until a SIGCHLD comes.",
        )
        .run(|log| {
            let children = [(11, Does::Runs), exited(12, 0)];
            all(log, &mut Kernel::with(children), "12 exited 0")?;
            let (mut mine_, mut kernel) =
                (server(&[11, 12]), Kernel::with(children));
            mine(log.afresh(), &mut mine_, &mut kernel, "12 exited 0")?;
            count(log, &mine_, 1)?;
            kernel.children = vec![exited(11, 0)];
            mine(log, &mut mine_, &mut kernel, "11 exited 0")
        });
}

#[test]
fn no_children_are_no_error() {
    check("13", "Zombies")
        .because(
            "ECHILD: there is no such child. After the last one that is how \
             the loop ends, and nothing went wrong.",
        )
        .run(|log| {
            all(log, &mut Kernel::default(), "nobody")?;
            let mut kernel = Kernel::default();
            mine(log.afresh(), &mut server(&[]), &mut kernel, "nobody")
        });
}

#[test]
fn a_signal_is_no_answer() {
    check("10", "Interrupted")
        .given("given", "the first two questions fail with EINTR")
        .because("It says nothing about any child. Ask again.")
        .run(|log| {
            let mut kernel = Kernel::with([exited(11, 0)]);
            kernel.interruptions = 2;
            all(log, &mut kernel, "11 exited 0")?;
            let mut kernel = Kernel::with([exited(11, 0)]);
            kernel.interruptions = 2;
            let mut mine_ = server(&[11]);
            mine(log, &mut mine_, &mut kernel, "11 exited 0")?;
            count(log, &mine_, 0)
        });
}

#[test]
fn other_children_are_left_alone() {
    check("13", "Zombies")
        .given("given", "11 and 12 are the server's; 77 is a library's")
        .because(
            "The library waits for 77 itself. Whoever asks for any child \
             takes its status, the library gets ECHILD, and never learns \
             how its command has ended.",
        )
        .run(|log| {
            let children = [exited(77, 1), exited(11, 0), (12, Does::Runs)];
            let mut kernel = Kernel::with(children);
            let mut mine_ = server(&[11, 12]);
            mine(log, &mut mine_, &mut kernel, "11 exited 0")?;
            count(log, &mine_, 1)?;
            log.note("asked", "what is left in the kernel", "");
            let due = Told("77 exited 1, 12 runs".to_string());
            log.expect(due, Told(told(&kernel)))
        });
}

#[test]
fn who_was_reaped_is_forgotten() {
    check("13", "Zombies")
        .given("given", "11 was reaped; its number is given to another's")
        .because(
            "The number was 11's until it was reaped. Now it is somebody \
             else's: forget a number together with its child.",
        )
        .run(|log| {
            let mut kernel = Kernel::with([exited(11, 0)]);
            let mut mine_ = server(&[11]);
            mine(log, &mut mine_, &mut kernel, "11 exited 0")?;
            kernel.children = vec![exited(11, 5)];
            mine(log, &mut mine_, &mut kernel, "nobody")
        });
}

#[test]
fn whom_somebody_else_reaped_is_forgotten() {
    check("13", "Zombies")
        .given("given", "11 and 12 are the server's; 11 was reaped elsewhere")
        .because(
            "ECHILD for a child means that its status was taken already. It \
             isn't running, and it isn't an error that 12 should suffer for.",
        )
        .run(|log| {
            let mut kernel = Kernel::with([exited(12, 0)]);
            let mut mine_ = server(&[11, 12]);
            mine(log, &mut mine_, &mut kernel, "12 exited 0")?;
            count(log, &mine_, 0)
        });
}

#[test]
fn who_was_stopped_has_not_ended() {
    check("13", "Zombies")
        .because(
            "waitpid may tell of a child that was stopped, by a debugger \
             say. It can go on, and will have an end of its own.",
        )
        .run(|log| {
            let children = [(11, Does::Stopped(11)), exited(12, 0)];
            all(log, &mut Kernel::with(children), "12 exited 0")?;
            let (mut mine_, mut kernel) =
                (server(&[11, 12]), Kernel::with(children));
            mine(log.afresh(), &mut mine_, &mut kernel, "12 exited 0")?;
            count(log, &mine_, 1)
        });
}

#[test]
fn another_error_goes_to_the_caller() {
    check("13", "Zombies")
        .given("given", "each question fails with EINVAL")
        .because(
            "This is neither a signal nor the end of the list. To ask again \
             would fail again; to say nothing would hide it.",
        )
        .run(|log| {
            let mut kernel = Kernel::with([exited(11, 0)]);
            kernel.trouble = Some(Errno::EINVAL);
            all(log, &mut kernel, "Err(EINVAL)")?;
            mine(log, &mut server(&[11]), &mut kernel, "Err(EINVAL)")
        });
}

/// Real children, of which none stays behind, whatever the check does.
#[derive(Default)]
struct Real(Vec<Child>);

impl Real {
    fn start(&mut self, command: &str) -> io::Result<i32> {
        let child = Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::null())
            .spawn()?;
        let pid = child.id() as i32;
        self.0.push(child);
        Ok(pid)
    }

    /// Waits until it has ended, and leaves its status: waitid(2), WNOWAIT.
    fn has_ended(pid: i32) -> nix::Result<()> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        waitid(Id::Pid(Pid::from_raw(pid)), flags).map(drop)
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // An error means that it was reaped: the number isn't its own.
            if let Ok(None) = child.try_wait() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

#[test]
fn no_zombie_is_left() {
    check("13", "Zombies")
        .given("given", "real children: some have ended, one runs")
        .because(
            "After a reap, those that have ended are gone from /proc, and \
             who runs goes on.",
        )
        .run(|log| {
            let mut real = Real::default();
            let zero = real.start("exit 0")?;
            let three = real.start("exit 3")?;
            let dead = real.start("kill -KILL $$")?;
            let runs = real.start("exec sleep 60")?;
            let own = [zero, three, dead, runs];
            for child in [zero, three, dead] {
                Real::has_ended(child).map_err(io::Error::from)?;
            }
            let mut mine = server(&own);
            let got = mine.reap(&mut |child, flags| {
                let pid = child.map_or(-1, Pid::as_raw);
                if !own.contains(&pid) {
                    give_up("waitpid for a child that isn't the server's");
                }
                let flags = flags.unwrap_or(WaitPidFlag::empty());
                if !flags.contains(WaitPidFlag::WNOHANG) {
                    give_up("waitpid without WNOHANG");
                }
                waitpid(child, Some(flags))
            });
            let name = |child: Pid| match child.as_raw() {
                pid if pid == zero => Pid::from_raw(1),
                pid if pid == three => Pid::from_raw(2),
                _ => Pid::from_raw(3),
            };
            // By their order, since their numbers are the kernel's.
            let by_order = |end: Ended| match end {
                Ended::Exited(pid, code) => Ended::Exited(name(pid), code),
                Ended::Killed(pid, sig) => Ended::Killed(name(pid), sig),
            };
            let got = got.map(|all| all.into_iter().map(by_order).collect());
            let due = "1 exited 0, 2 exited 3, 3 killed by SIGKILL";
            log.expect(Told(due.to_string()), in_words(got))?;
            log.note("asked", "who of the four is left in /proc", "");
            let is_left =
                |pid: &&i32| Path::new(&format!("/proc/{pid}")).exists();
            let left = own.iter().filter(is_left).count();
            log.expect(1, left)?;
            count(log, &mine, 1)
        });
}
