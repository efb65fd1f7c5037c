//! Every variant of every exercise, held against what is due of it.
//!
//! This program holds all variants (build.rs) and runs the checks of each in
//! a child process: itself, called as `--run EXERCISE VARIANT`. A wrong answer
//! may hang or end its process, so that some checks say nothing: those are
//! run again, each in a child of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use children::Ended;
use libtest_mimic::{Arguments, Failed, Trial};
use proof::Due;
use support::check::was_left_out;

// The runner's own way with children; not all of it is needed here.
#[allow(dead_code)]
#[path = "../../../scripts/workbook/children.rs"]
mod children;

/// One answer to an exercise, and the checks that call it.
struct Variant {
    exercise: &'static str,
    name: &'static str,
    folder: &'static str,
    checks: &'static [(&'static str, fn())],
}

include!(concat!(env!("OUT_DIR"), "/variants.rs"));

/// The time for checks of which some should fail: a wrong answer may hang.
const SHORT: Duration = Duration::from_secs(1);

/// The time for a check that should pass: the kit's, and some to tell it.
const LONG: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    if let [_, "--run", exercise, variant, ref checks @ ..] = words[..] {
        run_here(exercise, variant, checks);
        return ExitCode::SUCCESS;
    }
    let mut trials = Vec::new();
    for variant in VARIANTS {
        let name = format!("{}::{}", variant.exercise, variant.name);
        trials.push(Trial::test(name, || Ok(examine(variant)?)));
    }
    for stub in VARIANTS.iter().filter(|v| v.name == "stub") {
        let name = format!("{}::files", stub.exercise);
        trials.push(Trial::test(name, || Ok(files(stub)?)));
    }
    trials.push(Trial::test("no_exercise_is_forgotten", no_one_forgotten));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    // What a child leaves that was cut off. Not every child makes something.
    let _ = fs::remove_dir_all(place_for_files());
    conclusion.exit_code()
}

/// Where the children make their files. Short, since a Unix socket's path
/// must be.
fn place_for_files() -> PathBuf {
    std::env::temp_dir().join(format!("proof-{}", std::process::id()))
}

/// In the child: the named checks of a variant, or all, on a thread each.
fn run_here(exercise: &str, variant: &str, checks: &[&str]) {
    let is_meant = |v: &&Variant| v.exercise == exercise && v.name == variant;
    let variant = VARIANTS.iter().find(is_meant).expect("a known variant");
    std::thread::scope(|scope| {
        for (name, run) in variant.checks {
            if checks.is_empty() || checks.contains(name) {
                scope.spawn(move || {
                    let held = std::panic::catch_unwind(run).is_ok();
                    let end = match held {
                        true if was_left_out() => LEFT_OUT,
                        true => HELD,
                        false => BROKE,
                    };
                    println!("{name} {end}");
                });
            }
        }
    });
}

const HELD: &str = "held";
const BROKE: &str = "broke";
/// This machine can't make the check, whatever the answer: it says nothing.
const LEFT_OUT: &str = "left out";

/// Whether a check held, as the child that ran it says.
fn said(ended: &Ended, check: &str) -> Option<bool> {
    let is = |how: &str| {
        let line = format!("{check} {how}");
        ended.stdout.lines().any(|other| other == line)
    };
    is(HELD).then_some(true).or(is(BROKE).then_some(false))
}

fn was_left_out_in(ended: &Ended, check: &str) -> bool {
    let line = format!("{check} {LEFT_OUT}");
    ended.stdout.lines().any(|other| other == line)
}

/// Runs all checks of a variant and compares.
fn examine(variant: &Variant) -> Result<(), String> {
    let source = read(variant, &format!("{}.rs", variant.name))?;
    let names: Vec<_> = variant.checks.iter().map(|(name, _)| *name).collect();
    let due = Due::of(variant.name, &source, &names)?;
    let limit = |fails| if fails { SHORT } else { LONG };
    let some_fail = names.iter().any(|name| due.fails(name));
    let together = run_in_child(variant, &[], limit(some_fail))?;
    let mut told = together.stderr.clone();
    let mut ran = Vec::new();
    for check in names {
        if was_left_out_in(&together, check) {
            continue;
        }
        let fails = due.fails(check);
        let held = match said(&together, check) {
            Some(held) => held,
            // It was cut off, as it should be.
            None if fails && together.status.is_none() => false,
            None => {
                let apart = run_in_child(variant, &[check], limit(fails))?;
                told += &apart.stderr;
                if was_left_out_in(&apart, check) {
                    continue;
                }
                said(&apart, check).unwrap_or(false)
            }
        };
        ran.push((check, !held));
    }
    due.compare(ran).map_err(|differences| format!("{differences}\n{told}"))
}

fn run_in_child(
    variant: &Variant,
    checks: &[&str],
    limit: Duration,
) -> Result<Ended, String> {
    let myself = std::env::current_exe().map_err(|e| e.to_string())?;
    fs::create_dir_all(place_for_files()).map_err(|e| e.to_string())?;
    let mut command = Command::new(myself);
    command.env("TMPDIR", place_for_files());
    command.args(["--run", variant.exercise, variant.name]).args(checks);
    children::run(&mut command, limit).map_err(|error| error.to_string())
}

fn read(variant: &Variant, name: &str) -> Result<String, String> {
    let path = Path::new(variant.folder).join(name);
    fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
}

/// What an exercise has beside its variants. The learner's exercise.rs is
/// not looked at.
fn files(stub: &Variant) -> Result<(), String> {
    let (_, name) = stub.exercise.split_once('/').unwrap_or_default();
    let mut faults = proof::faults_of_stub(&read(stub, "stub.rs")?, name);
    let hints = proof::hints(&read(stub, "hints.md")?);
    if !(2..=3).contains(&hints) {
        faults.push(format!("{hints} hints instead of 2 or 3"));
    }
    let wrong =
        |v: &&Variant| v.folder == stub.folder && v.name.starts_with("wrong/");
    let wrong: Vec<_> = VARIANTS.iter().filter(wrong).collect();
    if wrong.len() < proof::WRONG_ANSWERS {
        faults.push(format!("{} wrong answers: too few", wrong.len()));
    }
    for check in never_named(stub, &wrong)? {
        faults.push(format!("no wrong answer is rejected by `{check}`"));
    }
    for (chapter, section) in proof::sections(&read(stub, "checks.rs")?) {
        if !headings(stub, &chapter)?.contains(&section) {
            faults.push(format!("chapter {chapter} has no `{section}`"));
        }
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n")),
    }
}

/// The checks that reject nothing: who knows whether they can fail?
fn never_named(
    stub: &Variant,
    wrong: &[&Variant],
) -> Result<Vec<&'static str>, String> {
    let names: Vec<_> = stub.checks.iter().map(|(name, _)| *name).collect();
    let mut never = names.clone();
    for variant in wrong {
        let source = read(variant, &format!("{}.rs", variant.name))?;
        let due = Due::of(variant.name, &source, &names)?;
        never.retain(|check| !due.fails(check));
    }
    Ok(never)
}

/// The headings of a chapter: `book/src/PART/05-framing.md`.
fn headings(stub: &Variant, number: &str) -> Result<BTreeSet<String>, String> {
    let root = Path::new(stub.folder).ancestors().nth(4);
    let parts = root.unwrap_or(Path::new("")).join("book/src");
    let list = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let of_chapter = |path: &&PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&format!("{number}-")) && name.ends_with(".md")
    };
    let pages: Vec<_> = list(&parts).iter().flat_map(|p| list(p)).collect();
    let page = pages.iter().find(of_chapter);
    let page = page.ok_or(format!("there is no chapter {number}"))?;
    let text = fs::read_to_string(page).map_err(|error| error.to_string())?;
    let heads = text.lines().filter(|line| line.starts_with("##"));
    // A heading may end in an explicit id: `## Half-close {#half-close}`.
    let words = |line: &str| {
        let line = line.trim_start_matches('#');
        line.split(" {").next().unwrap_or_default().trim().to_string()
    };
    Ok(heads.map(words).collect())
}

/// Every folder of an exercise is in this program and in its lesson's
/// manifest, out of the way of a plain `cargo test`.
fn no_one_forgotten() -> Result<(), Failed> {
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons");
    let mut seen = 0;
    for lesson in fs::read_dir(lessons.canonicalize()?)? {
        let lesson = lesson?.path();
        let Ok(exercises) = fs::read_dir(lesson.join("exercises")) else {
            continue;
        };
        let manifest = fs::read_to_string(lesson.join("Cargo.toml"))?;
        let manifest: toml::Table = toml::from_str(&manifest)?;
        for exercise in exercises {
            let folder = exercise?.path();
            is_known(&folder, &manifest)?;
            seen += 1;
        }
    }
    let known = VARIANTS.iter().filter(|v| v.name == "stub").count();
    match seen == known {
        true => Ok(()),
        false => Err(format!("{known} proved, {seen} on disk").into()),
    }
}

fn is_known(folder: &Path, manifest: &toml::Table) -> Result<(), Failed> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let tests = manifest.get("test").and_then(|tests| tests.as_array());
    let path = format!("exercises/{name}/main.rs");
    let listed = tests.into_iter().flatten().any(|test| {
        test["name"].as_str() == Some(&name)
            && test["path"].as_str() == Some(&path)
            && test.get("test").and_then(|t| t.as_bool()) == Some(false)
    });
    let proved = VARIANTS.iter().any(|v| Path::new(v.folder) == folder);
    match (listed, proved) {
        (false, _) => Err(format!(
            "{name}: its lesson's Cargo.toml lacks [[test]] with the path \
             {path} and test = false"
        )
        .into()),
        (_, false) => Err(format!("{name}: not in this program").into()),
        _ => Ok(()),
    }
}
