//! Claims about demos that need what a machine may lack: the lab, a ring.
//!
//! Whether they can be tried is known only when the test runs. So such a test
//! is a program with a `main` of its own (`harness = false`). A claim that
//! can't be tried counts as ignored; where `CI` is set it has failed.
//!
//! Start reading at [`Trials::run`].

use std::env;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use crate::transcript::{Filter, Lesson};

/// What a machine may lack.
pub struct Need {
    /// Why this machine lacks it, if so.
    pub missing: fn() -> Option<String>,
    /// The command that runs a program where it is really forbidden.
    pub forbid: fn(&'static str) -> Command,
    /// What the names of trials say of such a place.
    pub forbidden: &'static str,
    /// What a demo says there of how to allow it.
    pub remedy: &'static str,
}

/// A lesson, and what is claimed of it.
pub struct Trials {
    lesson: Arc<Lesson>,
    claims: Vec<Claim>,
}

struct Claim {
    name: String,
    missing: fn() -> Option<String>,
    check: Box<dyn FnOnce(&Lesson) + Send>,
}

impl Trials {
    /// No claims yet.
    pub fn new(lesson: Lesson) -> Self {
        Trials { lesson: Arc::new(lesson), claims: Vec::new() }
    }

    /// A demo prints its snapshot, [`Lesson::shows`]. And where what it needs
    /// is forbidden it prints the same, with one line of warning.
    pub fn shows(
        self,
        need: &'static Need,
        demo: &'static str,
        filters: &'static [Filter],
    ) -> Self {
        let shows = move |lesson: &Lesson| lesson.shows(demo, filters);
        self.claim(demo, need.missing, shows).replays(need, demo, vec![demo])
    }

    /// The same for the demo that runs when none is named,
    /// [`Lesson::shows_first`].
    pub fn shows_first(
        self,
        need: &'static Need,
        demo: &'static str,
        filters: &'static [Filter],
    ) -> Self {
        let shows = move |lesson: &Lesson| lesson.shows_first(demo, filters);
        self.claim(demo, need.missing, shows).replays(need, demo, vec![])
    }

    /// Any claim about the lesson, and what it needs beside the program.
    pub fn claim(
        mut self,
        name: &str,
        missing: fn() -> Option<String>,
        check: impl FnOnce(&Lesson) + Send + 'static,
    ) -> Self {
        let check = Box::new(check);
        self.claims.push(Claim { name: name.into(), missing, check });
        self
    }

    /// A run prints a snapshot where what it needs is forbidden, too.
    pub fn replays(
        self,
        need: &'static Need,
        snapshot: &'static str,
        run: Vec<&'static str>,
    ) -> Self {
        let name = format!("{snapshot}_is_replayed_{}", need.forbidden);
        self.claim(&name, need.missing, move |lesson| {
            lesson.is_replayed(snapshot, need.forbid, &run, need.remedy);
        })
    }

    /// Finds out what this machine can do, then tries all claims.
    pub fn run(self) -> ExitCode {
        let in_ci = env::var_os("CI").is_some();
        let trial = |Claim { name, missing, check }| {
            if let Some(missing) = missing() {
                return Trial::test(name, move || Err(missing.into()))
                    .with_ignored_flag(!in_ci);
            }
            let lesson = self.lesson.clone();
            Trial::test(name, move || {
                check(&lesson);
                Ok(())
            })
        };
        let trials = self.claims.into_iter().map(trial).collect();
        libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
    }
}

/// For claims that need nothing beside the program.
pub fn nothing() -> Option<String> {
    None
}

/// The command that starts this test program again.
pub(crate) fn this_program() -> Command {
    Command::new(env::current_exe().expect("a test has a file"))
}
