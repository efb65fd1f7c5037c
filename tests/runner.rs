//! The runner as a reader calls it: the real program, on a small workspace
//! of its own, so that nobody's exercises are touched.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A workspace with one lesson and two exercises.
struct Scratch {
    root: PathBuf,
}

/// What a call of the runner printed, and its exit status.
struct Told {
    out: String,
    err: String,
    status: Option<i32>,
}

const MANIFEST: &str = r#"
[workspace]
members = ["lessons/*"]
resolver = "3"
"#;

const LESSON: &str = r#"
[package]
name = "lesson-sums-NAME"
version = "0.1.0"
edition = "2024"

[lib]
name = "lesson_sums"

[dev-dependencies]
support = { path = "SUPPORT" }

[[test]]
name = "double"
path = "exercises/double/main.rs"
test = false

[[test]]
name = "triple"
path = "exercises/triple/main.rs"
test = false
"#;

const MAIN: &str = "mod checks;\n#[allow(unused_variables, dead_code)]\n\
                    mod exercise;\n";

const STUB: &str = r#"//! Double a number.
//!
//! Write `double`. It gives back twice its number.
//!
//! Check it: `cargo workbook check double`

pub fn double(
    number: u32,
) -> u32 {
    todo!()
}
"#;

const SOLUTION: &str = "pub fn double(number: u32) -> u32 {\n    \
                        lesson_sums::add(number, number)\n}\n";

const CHECKS: &str = r#"
use support::check::check;

use super::exercise::*;

#[test]
fn two_is_doubled() {
    check("05", "Sums").because("Twice two.").expect(4, || double(2));
}

#[test]
fn nothing_stays_nothing() {
    check("05", "Sums").because("Twice nothing.").expect(0, || double(0));
}
"#;

const HINTS: &str = "## Look\n\nA sum.\n\n## Think\n\nOf `+`.\n";

impl Scratch {
    /// A workspace under a name of its own, as after `git clone`.
    fn new(name: &str) -> Scratch {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = tmp.join("runner").join(name);
        let _ = fs::remove_dir_all(&root);
        let scratch = Scratch { root };
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let support = here.join("tests/support").display().to_string();
        let lock = fs::read_to_string(here.join("Cargo.lock")).unwrap();
        scratch.write("Cargo.toml", MANIFEST);
        scratch.write("Cargo.lock", &lock);
        // All share one folder for what is built, told apart by the name.
        let lesson = LESSON.replace("SUPPORT", &support).replace("NAME", name);
        scratch.write("lessons/05-sums/Cargo.toml", &lesson);
        scratch.library("a + b");
        scratch.exercise("double", CHECKS, STUB);
        let triple = |text: &str| text.replace("double", "triple");
        scratch.exercise("triple", &triple(CHECKS), &triple(STUB));
        scratch
    }

    fn exercise(&self, name: &str, checks: &str, stub: &str) {
        let folder = format!("lessons/05-sums/exercises/{name}");
        self.write(&format!("{folder}/main.rs"), MAIN);
        self.write(&format!("{folder}/checks.rs"), checks);
        self.write(&format!("{folder}/stub.rs"), stub);
        self.write(&format!("{folder}/exercise.rs"), stub);
        self.write(&format!("{folder}/solution.rs"), SOLUTION);
        self.write(&format!("{folder}/hints.md"), HINTS);
    }

    fn library(&self, sum: &str) {
        let text = format!("pub fn add(a: u32, b: u32) -> u32 {{ {sum} }}\n");
        self.write("lessons/05-sums/src/lib.rs", &text);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// What the learner writes into the exercise `double`.
    fn answer(&self, text: &str) {
        self.write(EXERCISE, text);
    }

    fn command(&self, words: &[&str]) -> Command {
        let target =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("runner-target");
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command
            .args(words)
            .arg("--root")
            .arg(&self.root)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null());
        command
    }

    fn workbook(&self, words: &[&str]) -> Told {
        told(self.command(words).output().unwrap())
    }
}

fn told(output: Output) -> Told {
    Told {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        status: output.status.code(),
    }
}

const EXERCISE: &str = "lessons/05-sums/exercises/double/exercise.rs";

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

#[test]
fn an_unknown_name_gets_the_nearest_names_and_status_2() {
    let scratch = Scratch::new("unknown");

    for command in ["check", "hint", "solution", "reset", "watch"] {
        let told = scratch.workbook(&[command, "doubel"]);

        has(&told.err, &["`doubel`", "did you mean `double`"]);
        assert_eq!(told.status, Some(2), "{command}");
    }
}

#[test]
fn a_check_tells_what_is_wrong_and_a_pass_where_to_go_on() {
    let scratch = Scratch::new("check");

    let stub = scratch.workbook(&["check", "double"]);
    has(
        &stub.out,
        &[
            "✗ sums/double   0 of 2 checks pass\n\n  two_is_doubled\n",
            "    got       todo!(): not written yet",
            "    → chapter 05, \"Sums\"",
            "  these fail too\n    nothing_stays_nothing\n",
            "  hint: cargo workbook hint double",
        ],
    );
    assert_eq!(stub.status, Some(1));

    scratch.answer("pub fn double(n: u32) -> u32 { println!(\"hm\"); n }");
    let wrong = scratch.workbook(&["check", "sums/double"]);
    has(&wrong.out, &["1 of 2 checks", "expected  4\n    got       2\n"]);
    has(&wrong.out, &["  your code printed\n    hm\n"]);

    scratch.answer(SOLUTION);
    let solved = scratch.workbook(&["check", "double"]);
    has(&solved.out, &["✓ sums/double   all 2 checks pass\n"]);
    has(&solved.out, &["1 of 2 exercises", "cargo workbook check triple"]);
    assert_eq!(solved.status, Some(0));

    let list = scratch.workbook(&["list"]);
    has(&list.out, &["✓ double", "· triple", "1 of 2 exercises solved"]);
    let chapter = scratch.workbook(&["check", "05"]);
    has(&chapter.out, &["✓ sums/double", "✗ sums/triple   0 of 2"]);
    assert_eq!(chapter.status, Some(1));
    has(&scratch.workbook(&["next"]).out, &["sums/triple   Double a"]);
}

#[test]
fn what_this_machine_cannot_examine_is_told_and_in_ci_it_fails() {
    let scratch = Scratch::new("left-out");
    let ring = r#"
#[test]
fn a_ring_doubles_too() {
    check("05", "Sums").run(|log| log.leave_out("there is no ring here"));
}
"#;
    scratch.exercise("double", &format!("{CHECKS}{ring}"), STUB);
    scratch.answer(SOLUTION);

    let check = |ci: bool| {
        let mut command = scratch.command(&["check", "double"]);
        match ci {
            true => command.env("CI", "true"),
            false => command.env_remove("CI"),
        };
        told(command.output().unwrap())
    };

    let here = check(false);
    has(&here.out, &["✓ sums/double   all 3 checks pass\n"]);
    has(&here.out, &["  a_ring_doubles_too was left out\n"]);
    has(&here.out, &["    there is no ring here\n"]);
    assert_eq!(here.status, Some(0));
    let in_ci = check(true);
    has(&in_ci.out, &["✗ sums/double   2 of 3 checks pass\n"]);
    has(&in_ci.out, &["    left out  there is no ring here\n"]);
}

#[test]
fn a_verdict_is_not_older_than_the_code() {
    let scratch = Scratch::new("stale");
    scratch.answer(SOLUTION);
    assert_eq!(scratch.workbook(&["check", "double"]).status, Some(0));

    scratch.answer(&format!("{SOLUTION}\n// A thought.\n"));
    has(&scratch.workbook(&["list"]).out, &["0 of 2 exercises solved"]);
    assert_eq!(scratch.workbook(&["check", "double"]).status, Some(0));

    // What the exercise stands on changes: the recipe must not be trusted.
    scratch.library("a + b + 1");
    let broken = scratch.workbook(&["check", "double"]);
    has(&broken.out, &["✗ sums/double   0 of 2 checks pass", "got       5"]);
}

#[test]
fn what_the_code_does_to_its_process_is_told_for_what_it_is() {
    let scratch = Scratch::new("process");
    let body = |body| format!("pub fn double(n: u32) -> u32 {{ {body} }}");

    scratch.answer(&body("std::process::exit(0)"));
    let exit = scratch.workbook(&["check", "double"]);
    has(&exit.out, &["0 of 2", "ended with status 0", "process::exit"]);
    assert_eq!(exit.status, Some(1));

    scratch.answer(&body("let a = [n; 999]; double(a[1]) + a[7]"));
    let overflow = scratch.workbook(&["check", "double"]);
    has(&overflow.out, &["SIGABRT", "the stack overflowed"]);

    scratch.answer(&body("loop { std::thread::park() }"));
    let hang = scratch.workbook(&["check", "double"]);
    has(&hang.out, &["0 of 2", "still running after 5 s, and cut off"]);
    assert_eq!(hang.status, Some(1));
}

#[test]
fn a_fault_is_shown_in_the_learners_file_and_not_in_ours() {
    let scratch = Scratch::new("refused");

    // Once through cargo, once through the compiler alone.
    for _ in 0..2 {
        scratch.answer("pub fn double(n: u32) -> u32 { \"two\" }");
        let refused = scratch.workbook(&["check", "double"]);
        has(&refused.out, &["✗ sums/double   does not compile"]);
        has(&refused.out, &["exercises/double/exercise.rs:1:", "E0308"]);
        assert!(!refused.out.contains("checks.rs"), "{}", refused.out);
        assert_eq!(refused.status, Some(1));

        scratch.answer("pub fn double(n: u32, m: u32) -> u32 { n + m }");
        let changed = scratch.workbook(&["check", "double"]);
        has(&changed.out, &["the checks can't call it"]);
        has(&changed.out, &["\n    pub fn double(number: u32) -> u32\n"]);
        assert!(!changed.out.contains("git status"), "{}", changed.out);

        scratch.answer(SOLUTION);
        assert_eq!(scratch.workbook(&["check", "double"]).status, Some(0));
    }

    fs::remove_file(scratch.root.join(EXERCISE)).unwrap();
    let gone = scratch.workbook(&["check", "double"]);
    has(&gone.err, &["is gone", "cargo workbook reset double"]);
}

#[test]
fn reset_keeps_what_the_learner_wrote() {
    let scratch = Scratch::new("reset");

    has(&scratch.workbook(&["reset", "double"]).out, &["nothing to do"]);
    for (number, text) in [(1, "mine"), (2, "mine again")] {
        scratch.answer(text);
        let backup = format!(".workbook/backups/sums-double.{number}.rs");

        let told = scratch.workbook(&["reset", "double"]);

        has(&told.out, &[&backup, EXERCISE]);
        assert_eq!(scratch.read(&backup), text);
        assert_eq!(scratch.read(EXERCISE), STUB);
    }
}

#[test]
fn hints_come_one_more_each_time() {
    let scratch = Scratch::new("hints");

    let first = scratch.workbook(&["hint", "double"]).out;
    let second = scratch.workbook(&["hint", "double"]).out;
    let third = scratch.workbook(&["hint", "double"]).out;

    has(&first, &["1. Look\n\nA sum.\n", "Hint 1 of 2"]);
    assert!(!first.contains("Think"), "{first}");
    has(&second, &["1. Look", "2. Think", "That was the last"]);
    assert_eq!(third, second);
}

#[test]
fn the_solution_is_shown_after_a_pass_or_when_given_up() {
    let scratch = Scratch::new("solution");

    let locked = scratch.workbook(&["solution", "double"]);
    has(&locked.err, &["isn't solved yet", "hint double", "--give-up"]);
    assert_eq!((locked.out.as_str(), locked.status), ("", Some(1)));
    let given_up = scratch.workbook(&["solution", "double", "--give-up"]);
    assert_eq!(given_up.out, SOLUTION);

    scratch.answer(SOLUTION);
    scratch.workbook(&["check", "double"]);
    assert_eq!(scratch.workbook(&["solution", "double"]).out, SOLUTION);
}

#[test]
fn a_broken_progress_file_is_kept_aside() {
    let scratch = Scratch::new("broken");
    scratch.write(".workbook/progress.json", "{ \"exerc");

    let told = scratch.workbook(&["list"]);

    has(&told.err, &["can't be understood", "progress.broken.1.json"]);
    has(&told.out, &["0 of 2 exercises solved"]);
    let kept = scratch.read(".workbook/progress.broken.1.json");
    assert_eq!(kept, "{ \"exerc");
}

#[test]
fn colours_are_for_a_terminal() {
    let scratch = Scratch::new("colours");

    let plain = scratch.workbook(&["list"]).out;
    let mut forced = scratch.command(&["list"]);
    let coloured = told(forced.env("CLICOLOR_FORCE", "1").output().unwrap());
    let refused = told(forced.env("NO_COLOR", "1").output().unwrap());

    assert!(!plain.contains('\x1b') && !plain.contains('█'), "{plain}");
    assert!(coloured.out.contains('\x1b'), "{}", coloured.out);
    assert!(!refused.out.contains('\x1b'), "{}", refused.out);
}

/// A program that runs until it is ended, and what it prints.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Running {
    fn start(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let lines = out.lines().map_while(Result::ok);
            let _ = lines.map(|line| tell.send(line)).all(|sent| sent.is_ok());
        });
        Running { child, lines }
    }

    #[track_caller]
    fn until(&self, part: &str) {
        let end = Instant::now() + Duration::from_secs(120);
        let mut seen = String::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(part) => return,
                Ok(line) => seen += &format!("{line}\n"),
                Err(_) => panic!("no {part:?} in:\n{seen}"),
            }
        }
    }

    /// Ends it as Ctrl-C does, and claims that it ends in order.
    #[track_caller]
    fn ends_at_ctrl_c(&mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        kill(pid, Signal::SIGINT).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn watch_checks_every_save_goes_on_and_ends_at_ctrl_c() {
    let scratch = Scratch::new("watch");
    let mut watch = Running::start(&mut scratch.command(&["watch"]));

    watch.until("✗ sums/double   0 of 2 checks pass");
    watch.until("watching lessons/05-sums/exercises/double/exercise.rs");
    scratch.answer("pub fn double(n: u32) -> u32 { n }");
    watch.until("✗ sums/double   1 of 2 checks pass");
    watch.until("watching");
    scratch.answer(SOLUTION);
    watch.until("✓ sums/double   all 2 checks pass");
    watch.until("watching lessons/05-sums/exercises/triple/exercise.rs");
    watch.ends_at_ctrl_c();
}

#[test]
fn watch_sees_what_is_saved_while_the_checks_run() {
    let scratch = Scratch::new("meanwhile");
    let wrong = "pub fn double(n: u32) -> u32 { n }";
    // Right when it is checked; then it saves something else in its place.
    scratch.answer(&format!(
        "pub fn double(n: u32) -> u32 {{\n    \
         std::fs::write({EXERCISE:?}, {wrong:?}).unwrap();\n    n + n\n}}\n"
    ));
    let mut watch = Running::start(&mut scratch.command(&["watch"]));

    watch.until("✓ sums/double   all 2 checks pass");
    watch.until("✗ sums/double   1 of 2 checks pass");
    watch.until("watching lessons/05-sums/exercises/double/exercise.rs");
    watch.ends_at_ctrl_c();
}
