//! From a saved exercise to a program that can be run.
//!
//! The first time, cargo builds the exercise and all that it needs, and the
//! `rustc` command that it ran for the exercise itself is kept as a recipe.
//! After that only exercise.rs changes, as a rule, and the recipe is enough:
//! the compiler is called by itself, which saves the time that cargo takes
//! to find out that nothing else changed. Whether something else did is seen
//! from the times of the files ([`Recipe::is_fresh`]); then cargo is asked.
//!
//! Start reading at [`build`].

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs, io};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::course::Exercise;
use crate::diagnostics::{self, Diagnostic};
use crate::store;

/// What came of an exercise's source.
pub enum Built {
    /// The test program.
    Program(PathBuf),
    /// What the compiler says about it.
    Refused(Vec<Diagnostic>),
}

/// The compiler's flags for a short wait: no debug information (a panic's
/// place needs none), and std linked when the program starts.
const FLAGS: [&str; 3] = ["-Cdebuginfo=0", "-Cprefer-dynamic", "-Crpath"];

/// Builds the exercise's test program.
pub fn build(root: &Path, exercise: &Exercise) -> Result<Built> {
    let kept = folder(root)
        .join(format!("{}-{}.json", exercise.package, exercise.name));
    if let Some(recipe) = Recipe::load(&kept)
        && compiles(&recipe.command, &exercise.name)
        && recipe.is_fresh(root)
        && let Some(built) = recipe.follow(root, exercise)?
    {
        return Ok(built);
    }
    let output = ask_cargo(root, exercise)?;
    let told = String::from_utf8_lossy(&output.stderr);
    let lines = String::from_utf8_lossy(&output.stdout);
    let (found, program) = diagnostics::read(&lines);
    if let Some(program) = program.filter(|_| output.status.success()) {
        let recipe = Recipe::from_cargo(root, exercise, &told, &program);
        if let Some(recipe) = recipe {
            store::replace(&kept, &serde_json::to_vec(&recipe)?)?;
        }
        return Ok(Built::Program(program));
    }
    if found.is_empty() {
        bail!("cargo can't build {}:\n{}", exercise.id(), told.trim_end());
    }
    Ok(Built::Refused(found))
}

/// Where this program keeps what can be made anew at any time.
pub fn folder(root: &Path) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| root.join("target")).join("workbook")
}

fn ask_cargo(root: &Path, exercise: &Exercise) -> Result<Output> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .args(["rustc", "--verbose", "--package", &exercise.package])
        .args(["--test", &exercise.name])
        .arg("--message-format=json-diagnostic-rendered-ansi")
        .arg("--")
        .args(FLAGS)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .context("can't run cargo; is Rust installed? https://rustup.rs")
}

/// The compiler's command for one exercise, and what else it depends on.
#[derive(Serialize, Deserialize)]
struct Recipe {
    /// A hash of the times of all files but the exercise's.
    surroundings: u64,
    /// The compiler and its arguments.
    command: Vec<String>,
    /// The test program that it writes.
    program: PathBuf,
}

impl Recipe {
    fn load(path: &Path) -> Option<Recipe> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Takes the command from what `cargo --verbose` says it runs. Nothing
    /// is run, and nothing found, where the program is up to date.
    fn from_cargo(
        root: &Path,
        exercise: &Exercise,
        told: &str,
        program: &Path,
    ) -> Option<Recipe> {
        let command = command_for(&exercise.name, told)?;
        let surroundings = surroundings(root, &command);
        Some(Recipe { surroundings, command, program: program.into() })
    }

    fn is_fresh(&self, root: &Path) -> bool {
        self.surroundings == surroundings(root, &self.command)
    }

    /// Calls the compiler. Its word is taken when it succeeds or finds fault
    /// with the learner's file; for all else cargo must be asked.
    fn follow(
        &self,
        root: &Path,
        exercise: &Exercise,
    ) -> Result<Option<Built>> {
        let Some((compiler, arguments)) = self.command.split_first() else {
            return Ok(None);
        };
        let output = Command::new(compiler)
            .args(arguments)
            .current_dir(root)
            .stdin(Stdio::null())
            .output();
        let Ok(output) = output else { return Ok(None) };
        if output.status.success() && self.program.exists() {
            return Ok(Some(Built::Program(self.program.clone())));
        }
        let lines = String::from_utf8_lossy(&output.stderr);
        let (found, _) = diagnostics::read(&lines);
        let file = exercise.file();
        let theirs = found.iter().any(|one| one.is_about(&file));
        Ok(theirs.then_some(Built::Refused(found)))
    }
}

/// Among the commands that cargo says it runs, the one that compiles the
/// exercise. The lesson's own program may be compiled beside it, and last.
fn command_for(exercise: &str, told: &str) -> Option<Vec<String>> {
    let commands = told.lines().filter_map(|line| {
        line.trim().strip_prefix("Running `")?.strip_suffix('`')
    });
    commands.map(words).find(|command| compiles(command, exercise))
}

/// Whether a compiler's command is about this exercise.
fn compiles(command: &[String], exercise: &str) -> bool {
    let main = Path::new("exercises").join(exercise).join("main.rs");
    command.iter().any(|word| Path::new(word).ends_with(&main))
}

/// A hash of the name, size and time of every file that the program is made
/// from, except the exercise's own; and of the variables that cargo heeds.
fn surroundings(root: &Path, command: &[String]) -> u64 {
    let mut hash = DefaultHasher::new();
    command.hash(&mut hash);
    let mut files: Vec<PathBuf> = command
        .iter()
        .filter_map(|word| word.split_once('=').map(|(_, file)| file.into()))
        .chain(command.first().map(PathBuf::from))
        .collect();
    for name in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        files.push(root.join(name));
    }
    sources(&root.join("lessons"), &mut files);
    sources(&root.join("tests/support"), &mut files);
    for file in files {
        let Ok(about) = fs::metadata(&file) else { continue };
        // Among the words are folders that the compiler itself writes to.
        if about.is_dir() {
            continue;
        }
        (&file, about.len(), about.modified().ok()).hash(&mut hash);
    }
    for (name, value) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("RUST") || name.starts_with("CARGO_BUILD") {
            (name, value).hash(&mut hash);
        }
    }
    hash.finish()
}

/// Adds the manifests and sources below `folder`, exercises and tests apart.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        if name == "exercises" || name == "tests" || name == "target" {
            continue;
        }
        match path.is_dir() {
            true => sources(&path, files),
            false => files.push(path),
        }
    }
}

/// Splits a command as a shell does: cargo puts what needs it in single
/// quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        let Some(word) = words.last_mut() else { break };
        match letter {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(letters.next()),
            ' ' if !quoted => words.push(String::new()),
            other => word.push(other),
        }
    }
    words
}

/// Lets one check of this workspace run at a time.
pub fn alone(root: &Path) -> Result<impl Drop> {
    let folder = folder(root);
    fs::create_dir_all(&folder)?;
    let file = fs::File::create(folder.join("lock"))?;
    let how = nix::fcntl::FlockArg::LockExclusive;
    nix::fcntl::Flock::lock(file, how)
        .map_err(|(_, errno)| io::Error::from(errno))
        .with_context(|| format!("can't lock {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lessons_own_program_is_no_recipe_for_an_exercise() {
        let told = "   Compiling lesson-tcp v0.1.0 (/book/lessons/04-tcp)\n     \
            Running `/a/rustc lessons/04-tcp/exercises/echo/main.rs --test`\n     \
            Running `/a/rustc lessons/04-tcp/src/main.rs --crate-type bin`\n    \
            Finished `test` profile\n";

        let command = command_for("echo", told).unwrap();

        assert_eq!(command[1], "lessons/04-tcp/exercises/echo/main.rs");
        assert_eq!(command_for("other", told), None);
    }

    #[test]
    fn a_command_is_split_as_a_shell_does() {
        let command = r"/a/rustc 'two words' --cfg 'x=\' it\'s ''";

        let split = words(command);

        assert_eq!(
            split,
            ["/a/rustc", "two words", "--cfg", r"x=\", "it's", ""]
        );
    }
}
