//! Writes one program that holds every variant of every exercise.
//!
//! A variant is a stub, a solution or a wrong answer, with a copy of the
//! exercise's checks that calls it:
//!
//! ```text
//! mod v7 {
//!     #[path = "/…/varint/wrong/endless.rs"] pub mod exercise;
//!     #[path = "/…/out/v7.rs"]               pub mod checks;
//! }
//! ```
//!
//! One program for all takes the compiler and the linker a fraction of what
//! a program each would. The folders are read, so none can be forgotten.
//!
//! The learner's exercise.rs is never looked at: it may be half done.
//!
//! An author who works on one lesson need not wait for all: with
//! `WORKBOOK_LESSON=05-framing` the program holds that lesson's exercises
//! only, and says that the others were forgotten.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../../scripts/workbook/claims.rs"]
mod claims;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lessons = here.join("../../lessons").canonicalize();
    let lessons = lessons.expect("the lessons beside the tests");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut program = Program::default();
    for folder in exercises(&lessons) {
        program.exercise(&folder, &out);
    }
    fs::write(out.join("variants.rs"), program.finish()).expect("OUT_DIR");
}

/// The source of the program, as far as it is written.
#[derive(Default)]
struct Program {
    modules: String,
    registry: String,
    variants: usize,
}

impl Program {
    fn exercise(&mut self, folder: &Path, out: &Path) {
        let checks = read(&folder.join("checks.rs"));
        let claims = claims::claims(&checks);
        let marks = checks.matches("#[test]").count();
        let place = folder.display();
        assert_eq!(
            marks,
            claims.len(),
            "{place}/checks.rs: `#[test]` stands alone on its line, directly \
             before `fn name() {{`"
        );
        for variant in variants(folder) {
            self.variant(folder, &variant, &checks, &claims, out);
        }
    }

    fn variant(
        &mut self,
        folder: &Path,
        variant: &str,
        checks: &str,
        claims: &[String],
        out: &Path,
    ) {
        let module = format!("v{}", self.variants);
        self.variants += 1;
        let code = folder.join(format!("{variant}.rs"));
        watch(&code);
        let copy = out.join(format!("{module}.rs"));
        replace(&copy, &as_functions(checks));
        let _ = write!(
            self.modules,
            "#[allow(warnings, clippy::all)]\nmod {module} {{\n    \
             #[path = {code:?}]\n    pub mod exercise;\n    \
             #[path = {copy:?}]\n    pub mod checks;\n}}\n"
        );
        let _ = write!(
            self.registry,
            "    Variant {{ exercise: {:?}, name: {variant:?}, \
             folder: {folder:?}, checks: &[",
            id(folder)
        );
        for claim in claims {
            let _ = write!(
                self.registry,
                "({claim:?}, {module}::checks::{claim} as fn()), "
            );
        }
        self.registry += "] },\n";
    }

    fn finish(self) -> String {
        format!(
            "{}\n/// Every variant of every exercise.\n\
             static VARIANTS: &[Variant] = &[\n{}];\n",
            self.modules, self.registry
        )
    }
}

/// All folders `lessons/*/exercises/*` that hold checks, in order.
///
/// Watched are the manifests, which name each exercise, and not the folders:
/// cargo would look at every file in them, the learner's exercise.rs too.
fn exercises(lessons: &Path) -> Vec<PathBuf> {
    watch(&lessons.join("../Cargo.lock"));
    println!("cargo::rerun-if-env-changed=WORKBOOK_LESSON");
    let only = env::var_os("WORKBOOK_LESSON");
    let mut found = Vec::new();
    for lesson in folders(lessons) {
        if only.is_some() && lesson.file_name() != only.as_deref() {
            continue;
        }
        watch(&lesson.join("Cargo.toml"));
        let exercises = lesson.join("exercises");
        if exercises.is_dir() {
            found.extend(folders(&exercises));
        }
    }
    found
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).expect("a folder that can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<_> = paths.filter(|p| p.is_dir()).collect();
    folders.sort();
    folders
}

/// The names of an exercise's variants, as paths without `.rs`.
fn variants(folder: &Path) -> Vec<String> {
    let mut names = vec!["stub".to_string(), "solution".to_string()];
    let wrong = folder.join("wrong");
    if wrong.is_dir() {
        watch(&wrong);
        let entries = fs::read_dir(wrong).expect("a folder");
        let mut stems: Vec<_> = entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|e| e == "rs"))
            .map(|path| path.with_extension(""))
            .collect();
        stems.sort();
        let name = |stem: &PathBuf| stem.file_name().map(|s| s.to_owned());
        let names_of = stems.iter().filter_map(name);
        names.extend(names_of.map(|n| format!("wrong/{}", n.display())));
    }
    names
}

/// `framing/varint` of `…/05-framing/exercises/varint`.
fn id(folder: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|n| n.display().to_string());
    let lesson = folder.ancestors().nth(2).and_then(name).unwrap_or_default();
    let topic = lesson.split_once('-').map_or(&*lesson, |(_, topic)| topic);
    format!("{topic}/{}", name(folder).unwrap_or_default())
}

/// The checks as plain functions that the registry can name.
fn as_functions(checks: &str) -> String {
    let mut text = String::new();
    let mut marked = false;
    for line in checks.lines() {
        // A `//!` or `#!` must stay first; the line count stays the same,
        // so that places in messages are right.
        match (line.trim(), marked) {
            ("#[test]", _) => (marked, text) = (true, text + "\n"),
            (_, true) => (marked, text) = (false, text + "pub " + line + "\n"),
            _ => text = text + line + "\n",
        }
    }
    text
}

fn read(path: &Path) -> String {
    watch(path);
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Writes only what differs, so that nothing is compiled again in vain.
fn replace(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).expect("OUT_DIR");
}

fn watch(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}
