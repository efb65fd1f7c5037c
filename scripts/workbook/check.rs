//! The verdict on an exercise.
//!
//! Every check runs in a process of its own, all at once. What the learner's
//! code does to its process (end it, overflow its stack, hang beyond help)
//! is then done to one check only, and told for what it is.
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
use crate::diagnostics::{self};
use crate::progress;

/// How long one check may take: the kit's own limit, and time to tell it.
const LIMIT: Duration = Duration::from_secs(8);

/// Names the file that the check kit writes a failed check's report to.
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
    /// What the learner's code printed.
    pub printed: String,
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
    let fingerprint = progress::fingerprint(exercise);
    let program = match compile::build(root, exercise)? {
        Built::Program(program) => program,
        Built::Refused(found) => {
            let told = diagnostics::explain(exercise, &found);
            return Ok(Verdict::Refused(told));
        }
    };
    let checks = fs::read_to_string(exercise.folder.join("checks.rs"))
        .with_context(|| format!("no checks for {}", exercise.id()))?;
    let reports = compile::folder(root).join("reports");
    fs::create_dir_all(&reports)?;
    let run = |claim| run(root, &program, &reports, claim);
    let outcomes = thread::scope(|scope| {
        let started: Vec<_> = claims(&checks)
            .into_iter()
            .map(|claim| scope.spawn(|| run(claim)))
            .collect();
        started.into_iter().map(|one| one.join()).collect::<Vec<_>>()
    });
    let outcomes = outcomes
        .into_iter()
        .map(|one| one.map_err(|_| anyhow!("a check's thread panicked"))?)
        .collect::<Result<Vec<_>>>()?;
    Ok(Verdict::Ran { outcomes, fingerprint })
}

/// Runs one check of the program.
fn run(
    root: &Path,
    program: &Path,
    reports: &Path,
    claim: String,
) -> Result<Outcome> {
    let report = reports.join(&claim);
    let _ = fs::remove_file(&report);
    let ended = children::run(
        Command::new(program)
            .args(["--exact", &format!("checks::{claim}"), "--nocapture"])
            // With one thread libtest prints the name before it runs.
            .arg("--test-threads=2")
            .env(REPORT, &report)
            .current_dir(root),
        LIMIT,
    )
    .with_context(|| format!("can't run {}", program.display()))?;
    Ok(outcome(claim, &ended, report))
}

fn outcome(claim: String, ended: &Ended, report: PathBuf) -> Outcome {
    let (before, end) = libtests_words(&ended.stdout, &claim);
    let printed = format!("{before}{}", ended.stderr);
    let passed = ended.status.is_some_and(|status| status.success())
        && end.contains("test result: ok. 1 passed");
    if passed {
        return Outcome { claim, failure: None, printed };
    }
    let told = fs::read_to_string(&report).ok();
    let _ = fs::remove_file(report);
    let failure = told.unwrap_or_else(|| how_it_ended(ended));
    Outcome { claim, failure: Some(failure), printed }
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
