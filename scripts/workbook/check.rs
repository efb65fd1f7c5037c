//! The verdict on an exercise.
//!
//! First all checks run together in one process, which is quick. If that
//! process doesn't come to its end in order, each check runs in a process of
//! its own: what the learner's code does to its process (end it, overflow
//! its stack, hang beyond help) is then done to one check only, and told for
//! what it is.
//!
//! The check kit gives up on the code after 5 s by itself and reports it;
//! the limit here is for code that not even the kit can leave.
//!
//! Start reading at [`judge`].

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::Signal;

use crate::children::{self, Ended};
use crate::claims::claims;
use crate::compile::{self, Built};
use crate::course::Exercise;
use crate::diagnostics;
use crate::progress;

/// How long one check may take: the kit's own limit, and time to tell it.
const LIMIT: Duration = Duration::from_secs(8);

/// Names the folder that the check kit writes its reports to: of checks that
/// failed, and of those that this machine can't make.
const REPORT: &str = "WORKBOOK_REPORT";

/// What is known of an exercise once it was checked.
pub enum Verdict {
    /// It does not compile; why, as it is told.
    Refused(String),
    /// It ran.
    Ran {
        /// In the order of checks.rs.
        outcomes: Vec<Outcome>,
        /// What was checked, as [`progress::fingerprint`] has it.
        fingerprint: String,
    },
}

impl Verdict {
    /// Whether all checks passed.
    pub fn is_pass(&self) -> bool {
        match self {
            Verdict::Refused(_) => false,
            Verdict::Ran { outcomes, .. } => {
                outcomes.iter().all(|one| one.failure.is_none())
            }
        }
    }
}

/// What came of one check.
pub struct Outcome {
    /// The claim: the check's name.
    pub claim: String,
    /// What went wrong, as it is told; none if it passed.
    pub failure: Option<String>,
    /// Why this machine can't examine it, if so. Then it counts as passed.
    pub left_out: Option<String>,
    /// What the learner's code printed.
    pub printed: String,
}

impl Outcome {
    fn pass(claim: String, left_out: Option<String>) -> Outcome {
        Outcome { claim, failure: None, left_out, printed: String::new() }
    }

    fn failed(claim: String, failure: String, printed: String) -> Outcome {
        let failure = Some(failure);
        Outcome { claim, failure, left_out: None, printed }
    }
}

/// Builds an exercise and runs its checks.
pub fn judge(root: &Path, exercise: &Exercise) -> Result<Verdict> {
    let file = exercise.file();
    if !file.exists() {
        bail!(
            "{} is gone; `cargo workbook reset {}` puts it back",
            file.display(),
            exercise.name
        );
    }
    let _alone = compile::alone(root)?;
    let print = || progress::fingerprint(exercise);
    let (fingerprint, built) =
        settled(print, || compile::build(root, exercise))?;
    let program = match built {
        Built::Program(program) => program,
        Built::Refused(found) => {
            let told = diagnostics::explain(exercise, &found);
            return Ok(Verdict::Refused(told));
        }
    };
    let checks = fs::read_to_string(exercise.folder.join("checks.rs"))
        .with_context(|| format!("no checks for {}", exercise.id()))?;
    let bench = Bench::new(root, program)?;
    let claims = claims(&checks);
    let outcomes = match bench.run_together(&claims)? {
        Some(outcomes) => outcomes,
        None => bench.run_apart(claims)?,
    };
    Ok(Verdict::Ran { outcomes, fingerprint })
}

/// Builds what is there. Whatever was saved while the compiler read is built
/// anew, so that the print is that of the text that was compiled.
fn settled<T>(
    print: impl Fn() -> String,
    mut build: impl FnMut() -> Result<T>,
) -> Result<(String, T)> {
    let mut before = print();
    loop {
        let built = build()?;
        let after = print();
        if before == after {
            return Ok((before, built));
        }
        before = after;
    }
}

/// A program with checks in it, and where they report.
struct Bench<'a> {
    root: &'a Path,
    program: PathBuf,
    reports: PathBuf,
}

impl Bench<'_> {
    fn new(root: &Path, program: PathBuf) -> Result<Bench<'_>> {
        let reports = compile::folder(root).join("reports");
        let _ = fs::remove_dir_all(&reports);
        fs::create_dir_all(&reports)?;
        Ok(Bench { root, program, reports })
    }

    fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        // All at once, so that checks which hang do so side by side. With one
        // thread libtest would run them on the main thread, and say each
        // name before it.
        command.arg("--test-threads=64");
        command.env(REPORT, &self.reports).current_dir(self.root);
        children::run(&mut command, LIMIT)
            .with_context(|| format!("can't run {}", self.program.display()))
    }

    /// All checks in one process; none if it didn't come to its end, or
    /// some check failed without a report.
    fn run_together(&self, claims: &[String]) -> Result<Option<Vec<Outcome>>> {
        let ended = self.run(&["checks::"])?;
        let told = |claim: &String| {
            let said = |end| format!("test checks::{claim} ... {end}");
            let said = |end| ended.stdout.lines().any(|l| l == said(end));
            if said("ok") {
                return Some(Outcome::pass(claim.clone(), self.report(claim)));
            }
            let failure = said("FAILED").then(|| self.report(claim))??;
            let printed = captured(&ended.stdout, claim).to_string();
            Some(Outcome::failed(claim.clone(), failure, printed))
        };
        let in_order = ended.stdout.contains("\ntest result: ");
        Ok(claims.iter().map(told).collect::<Option<_>>().filter(|_| in_order))
    }

    /// Each check in a process of its own, all at the same time.
    fn run_apart(&self, claims: Vec<String>) -> Result<Vec<Outcome>> {
        let outcomes = thread::scope(|scope| {
            let started: Vec<_> = claims
                .into_iter()
                .map(|claim| scope.spawn(|| self.run_one(claim)))
                .collect();
            started.into_iter().map(|one| one.join()).collect::<Vec<_>>()
        });
        let unexpected = |_| anyhow!("a check's thread panicked");
        outcomes.into_iter().map(|one| one.map_err(unexpected)?).collect()
    }

    fn run_one(&self, claim: String) -> Result<Outcome> {
        let _ = fs::remove_file(self.reports.join(&claim));
        let name = format!("checks::{claim}");
        let ended = self.run(&["--exact", &name, "--nocapture"])?;
        let report = self.report(&claim);
        Ok(outcome(claim, &ended, report))
    }

    fn report(&self, claim: &str) -> Option<String> {
        fs::read_to_string(self.reports.join(claim)).ok()
    }
}

/// What libtest captured of a failed check's output.
fn captured<'a>(stdout: &'a str, claim: &str) -> &'a str {
    let head = format!("---- checks::{claim} stdout ----\n");
    let section = stdout.split_once(&head).map_or("", |(_, after)| after);
    let end = ["\n---- checks::", "\nfailures:\n"]
        .iter()
        .filter_map(|next| section.find(next))
        .min();
    &section[..end.unwrap_or(section.len())]
}

fn outcome(claim: String, ended: &Ended, report: Option<String>) -> Outcome {
    let (before, end) = libtests_words(&ended.stdout, &claim);
    let printed = format!("{before}{}", ended.stderr);
    let passed = ended.status.is_some_and(|status| status.success())
        && end.contains("test result: ok. 1 passed");
    if passed {
        return Outcome::pass(claim, report);
    }
    let failure = report.unwrap_or_else(|| how_it_ended(ended));
    Outcome::failed(claim, failure, printed)
}

/// Parts what the code printed from what libtest says at the end.
fn libtests_words<'a>(stdout: &'a str, claim: &str) -> (&'a str, &'a str) {
    let own = stdout.strip_prefix("\nrunning 1 test\n").unwrap_or(stdout);
    let end = own.rfind(&format!("test checks::{claim} ... "));
    own.split_at(end.unwrap_or(own.len()))
}

/// Tells the end of a process that left no report.
fn how_it_ended(ended: &Ended) -> String {
    match ended.status {
        None => format!(
            "got       no end: still running after {} s, and cut off\n\
             Not even the check could leave: something holds the process.\n",
            LIMIT.as_secs()
        ),
        Some(status) => match status.signal() {
            Some(number) => told_of_signal(number, &ended.stderr),
            None => told_of_status(status),
        },
    }
}

fn told_of_signal(number: i32, stderr: &str) -> String {
    let name = match Signal::try_from(number) {
        Ok(signal) => signal.as_str().to_string(),
        Err(_) => format!("signal {number}"),
    };
    let why = match stderr.contains("has overflowed its stack") {
        true => ": the stack overflowed. Does a function call itself?",
        false => ", in the middle of the check",
    };
    format!("got       the process ended by {name}{why}\n")
}

fn told_of_status(status: ExitStatus) -> String {
    match status.code() {
        // libtest's status of a failed test: a panic outside the kit.
        Some(101) => "got       a panic, told below\n".to_string(),
        code => format!(
            "got       the process ended with status {} before the check \
             did\nYour code called `std::process::exit`, or something that \
             does. Return\nfrom the function instead.\n",
            code.unwrap_or_default()
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::settled;

    #[test]
    fn what_is_saved_while_the_compiler_reads_is_built_anew() {
        let text = Cell::new("");
        let mut builds = Vec::new();
        let end = settled(
            || text.get().to_string(),
            || {
                builds.push(text.get());
                text.set("whole");
                Ok(builds.len())
            },
        );
        assert_eq!(end.unwrap(), ("whole".to_string(), 2));
        assert_eq!(builds, ["", "whole"]);
    }
}
