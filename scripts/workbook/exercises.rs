//! The reader's commands about exercises: each is a function here, or a
//! module of its own where it is longer.
//!
//! Start reading at [`run`].

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{print, println};
use anyhow::{Context, Result, bail};

use crate::check::{self, Verdict};
use crate::children;
use crate::course::{Course, Exercise, Found, Lesson};
use crate::progress::Progress;
use crate::report::{self, BAD, FAINT, GOOD, NAME};
use crate::{doctor, store, watch};

/// What a reader can do with exercises.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Show the chapters, their exercises and your progress
    List,
    /// Show the next exercise to solve
    Next,
    /// Check an exercise, or all of a chapter; without a name, the next one
    Check {
        /// An exercise (length_prefix) or a chapter (05, framing)
        name: Option<String>,
    },
    /// Check an exercise on every save, and then the next one
    Watch {
        /// The exercise to begin with; without a name, the next one
        exercise: Option<String>,
    },
    /// Show a hint, and one more each time
    Hint {
        /// The exercise
        exercise: String,
    },
    /// Show the model answer, once yours passes
    Solution {
        /// The exercise
        exercise: String,
        /// Show it although yours doesn't pass yet
        #[arg(long)]
        give_up: bool,
    },
    /// Put an exercise back as it was, and keep what you wrote
    Reset {
        /// The exercise
        exercise: String,
    },
    /// Show what this machine can do, and what to do about the rest
    Doctor,
}

/// The course, the learner's progress in it, and where both are stored.
pub struct Desk {
    /// The folder of the workspace.
    pub root: PathBuf,
    /// What there is to learn.
    pub course: Course,
    /// What was learnt.
    pub progress: Progress,
}

impl Desk {
    /// The first exercise that isn't solved.
    pub fn next(&self) -> Option<&Exercise> {
        self.course.exercises().find(|e| !self.progress.is_solved(e))
    }

    /// Stores a pass, for [`Progress::is_solved`].
    pub fn note(&mut self, exercise: &str, verdict: &Verdict) -> Result<()> {
        let Verdict::Ran { fingerprint, .. } = verdict else { return Ok(()) };
        if !verdict.is_pass() {
            return Ok(());
        }
        let exercise = self.course.exercise(exercise)?;
        self.progress.solve(exercise, fingerprint.clone())
    }

    /// How many exercises are solved, and how many there are.
    pub fn count(&self) -> (usize, usize) {
        let solved = |e: &&Exercise| self.progress.is_solved(e);
        let done = self.course.exercises().filter(solved).count();
        (done, self.course.exercises().count())
    }
}

/// Does what was asked; success means that all that was checked passes.
pub fn run(root: &Path, command: Command) -> Result<ExitCode> {
    match command {
        // 128 + SIGINT, as the shell has it: there was no verdict.
        Command::Check { .. } => children::end_all_on_interrupt(130),
        Command::Watch { .. } => children::end_all_on_interrupt(0),
        _ => {}
    }
    let mut desk = Desk {
        root: root.to_path_buf(),
        course: Course::read(root)?,
        progress: Progress::read(root)?,
    };
    match command {
        Command::List => list(&desk),
        Command::Next => next(&desk),
        Command::Check { name } => return check(&mut desk, name.as_deref()),
        Command::Watch { exercise } => {
            watch::run(&mut desk, exercise.as_deref())?;
        }
        Command::Hint { exercise } => hint(&mut desk, &exercise)?,
        Command::Solution { exercise, give_up } => {
            solution(&desk, &exercise, give_up)?;
        }
        Command::Reset { exercise } => reset(&desk, &exercise)?,
        Command::Doctor => doctor::run(),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(desk: &Desk) {
    for lesson in &desk.course.lessons {
        if lesson.exercises.is_empty() {
            continue;
        }
        println!("{NAME}{} {}{NAME:#}", lesson.number, lesson.topic);
        for exercise in &lesson.exercises {
            let (style, mark) = match desk.progress.is_solved(exercise) {
                true => (GOOD, '✓'),
                false => (FAINT, '·'),
            };
            let Exercise { name, title, .. } = exercise;
            println!("  {style}{mark}{style:#} {name:<28} {title}");
        }
        println!();
    }
    let (done, all) = desk.count();
    if std::io::stdout().is_terminal() {
        print!("{GOOD}{}{GOOD:#} ", report::bar(done, all));
    }
    println!("{done} of {all} exercises solved");
}

fn next(desk: &Desk) {
    let Some(exercise) = desk.next() else {
        return println!("Every exercise is solved.");
    };
    println!("{NAME}{}{NAME:#}   {}", exercise.id(), exercise.title);
    println!("\n  {}", exercise.task);
    println!("\n  file   {}", short(&desk.root, &exercise.file()));
    println!("  check  cargo workbook check {}", exercise.name);
}

/// A path as seen from the workspace.
pub fn short(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

fn check(desk: &mut Desk, name: Option<&str>) -> Result<ExitCode> {
    let id = match name.map(|name| desk.course.find(name)).transpose()? {
        Some(Found::Lesson(lesson)) => {
            let topic = lesson.topic.clone();
            return check_chapter(desk, &topic);
        }
        Some(Found::Exercise(exercise)) => exercise.id(),
        None => match desk.next() {
            Some(exercise) => exercise.id(),
            None => {
                println!("Every exercise is solved.");
                return Ok(ExitCode::SUCCESS);
            }
        },
    };
    let verdict = check_one(desk, &id)?;
    Ok(ExitCode::from(u8::from(!verdict.is_pass())))
}

/// Checks an exercise, tells the verdict, and stores it.
pub fn check_one(desk: &mut Desk, id: &str) -> Result<Verdict> {
    let exercise = desk.course.exercise(id)?;
    let verdict = check::judge(&desk.root, exercise)?;
    report::tell(exercise, &verdict);
    desk.note(id, &verdict)?;
    if verdict.is_pass() {
        tell_the_way(desk, desk.course.exercise(id)?);
    }
    Ok(verdict)
}

fn tell_the_way(desk: &Desk, solved: &Exercise) {
    let (done, all) = desk.count();
    println!("\n  progress  {done} of {all} exercises solved");
    println!("  compare   cargo workbook solution {}", solved.name);
    if let Some(next) = desk.next() {
        println!("  next      cargo workbook check {}", next.name);
        println!("            {}: {}", next.id(), next.title);
    }
}

fn check_chapter(desk: &mut Desk, topic: &str) -> Result<ExitCode> {
    let lesson: &Lesson = desk.course.lesson(topic)?;
    let ids: Vec<_> = lesson.exercises.iter().map(Exercise::id).collect();
    if ids.is_empty() {
        bail!("chapter {topic} has no exercises yet");
    }
    let mut failed = Vec::new();
    for id in ids {
        let exercise = desk.course.exercise(&id)?;
        let verdict = check::judge(&desk.root, exercise)?;
        report::headline(exercise, &verdict);
        if !verdict.is_pass() {
            failed.push(exercise.name.clone());
        }
        desk.note(&id, &verdict)?;
    }
    match failed.first() {
        None => Ok(ExitCode::SUCCESS),
        Some(first) => {
            println!("\n  see why: cargo workbook check {first}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn hint(desk: &mut Desk, name: &str) -> Result<()> {
    let exercise = desk.course.exercise(name)?;
    let text = read(&exercise.folder.join("hints.md"))?;
    let hints = hints(&text);
    let shown = desk.progress.hint(exercise, hints.len())?;
    for (number, hint) in hints.iter().take(shown).enumerate() {
        let (head, body) = hint.split_once('\n').unwrap_or((hint, ""));
        println!("{NAME}{}. {head}{NAME:#}\n\n{}\n", number + 1, body.trim());
    }
    match hints.len() - shown {
        0 => println!(
            "{FAINT}That was the last. The model answer: cargo workbook \
             solution {} --give-up{FAINT:#}",
            exercise.name
        ),
        _ => println!(
            "{FAINT}Hint {shown} of {}. Call it again for one more.{FAINT:#}",
            hints.len()
        ),
    }
    Ok(())
}

/// The hints of a hints.md: what follows each `## `.
fn hints(text: &str) -> Vec<&str> {
    let text = text.strip_prefix("## ").unwrap_or(text);
    text.split("\n## ").map(str::trim).collect()
}

fn solution(desk: &Desk, name: &str, give_up: bool) -> Result<()> {
    let exercise = desk.course.exercise(name)?;
    let name = &exercise.name;
    if !give_up && !desk.progress.was_solved(exercise) {
        bail!(
            "{} isn't solved yet; `cargo workbook hint {name}` helps, and \
             `cargo workbook solution {name} --give-up` shows it anyway",
            exercise.id()
        );
    }
    print!("{}", read(&exercise.folder.join("solution.rs"))?);
    Ok(())
}

fn reset(desk: &Desk, name: &str) -> Result<()> {
    let exercise = desk.course.exercise(name)?;
    let stub = read(&exercise.folder.join("stub.rs"))?;
    let file = exercise.file();
    // The learner's bytes may be anything, not only UTF-8.
    let yours = fs::read(&file).ok();
    if yours.as_deref() == Some(stub.as_bytes()) {
        println!("{} is as it was; nothing to do", exercise.id());
        return Ok(());
    }
    if let Some(yours) = yours {
        let folder = desk.root.join(".workbook/backups");
        let stem = format!("{}-{}", exercise.topic, exercise.name);
        let kept = store::keep(&folder, &stem, "rs", &yours)
            .context("your file was left alone: it can't be backed up")?;
        println!("kept  what you wrote in {}", short(&desk.root, &kept));
    }
    store::replace(&file, stub.as_bytes())
        .with_context(|| format!("can't write {}", file.display()))?;
    println!("reset {}", short(&desk.root, &file));
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("can't read {}", path.display()))
}

/// Tells trouble on stderr, in one line.
pub fn complain(trouble: &anyhow::Error) {
    anstream::eprintln!("{BAD}workbook:{BAD:#} {trouble:#}");
}
