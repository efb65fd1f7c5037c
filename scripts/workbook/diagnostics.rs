//! What the compiler says, told to the learner.
//!
//! Both cargo and rustc can speak JSON, one message a line. A learner is
//! shown what concerns exercise.rs. Where the fault shows only in checks.rs,
//! the learner changed what the checks call; that is said instead.
//!
//! Start reading at [`read`] and [`explain`].

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::course::Exercise;

/// One error of the compiler.
pub struct Diagnostic {
    /// As the compiler shows it, with colours.
    rendered: String,
    /// What is wrong, in a few words.
    message: String,
    /// The files where it is, and where a macro that holds it was called.
    files: Vec<String>,
}

impl Diagnostic {
    /// Whether the fault is in this file.
    pub fn is_about(&self, file: &Path) -> bool {
        self.files.iter().any(|own| file.ends_with(own))
    }

    fn from(message: &Value) -> Option<Diagnostic> {
        let text = |key: &str| Some(message.get(key)?.as_str()?.to_string());
        if text("level")? != "error" {
            return None;
        }
        let spans = message.get("spans")?.as_array()?;
        let primary = spans.iter().filter(|s| s["is_primary"] == true);
        let files: Vec<_> = primary.flat_map(places).collect();
        // Without a place it is only "aborting due to 2 previous errors".
        (!files.is_empty()).then_some(())?;
        let (rendered, message) = (text("rendered")?, text("message")?);
        Some(Diagnostic { rendered, message, files })
    }
}

/// The file of a span, and those from where macros brought it there.
fn places(span: &Value) -> Vec<String> {
    let outer = &span["expansion"]["span"];
    let mut files = match outer.is_object() {
        true => places(outer),
        false => Vec::new(),
    };
    files.extend(span["file_name"].as_str().map(str::to_string));
    files
}

/// Reads the errors from the JSON of cargo or rustc, and, from cargo's, the
/// program that was built.
pub fn read(lines: &str) -> (Vec<Diagnostic>, Option<PathBuf>) {
    let mut found = Vec::new();
    let mut program = None;
    for line in lines.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        // The lesson's own program may be built beside the exercise's.
        let test = line["profile"]["test"] == true;
        if let Some(path) = line["executable"].as_str().filter(|_| test) {
            program = Some(PathBuf::from(path));
        }
        // Cargo wraps rustc's message; in rustc's own, it is a string.
        let message = Some(&line["message"]).filter(|m| m.is_object());
        found.extend(Diagnostic::from(message.unwrap_or(&line)));
    }
    (found, program)
}

/// What the learner is to know of an exercise that doesn't compile.
pub fn explain(exercise: &Exercise, found: &[Diagnostic]) -> String {
    let file = exercise.file();
    let about = |file: &Path| {
        let theirs = found.iter().filter(|one| one.is_about(file));
        theirs.collect::<Vec<_>>()
    };
    let theirs = about(&file);
    if !theirs.is_empty() {
        return all(&theirs);
    }
    let ours = about(&file.with_file_name("checks.rs"));
    if !ours.is_empty() {
        return called_otherwise(exercise, &ours);
    }
    let mut text = "The fault is not in your file but in the workbook's. \
                    `git status` shows what was changed there.\n\n"
        .to_string();
    text += &all(&found.iter().collect::<Vec<_>>());
    text
}

fn all(found: &[&Diagnostic]) -> String {
    found.iter().map(|one| format!("{}\n", one.rendered.trim_end())).collect()
}

/// Tells which items the checks can't find as they were.
fn called_otherwise(exercise: &Exercise, found: &[&Diagnostic]) -> String {
    let source = |name: &str| {
        fs::read_to_string(exercise.folder.join(name)).unwrap_or_default()
    };
    let now = public_items(&source("exercise.rs"));
    let mut text = "Your file compiles by itself, but the checks can't call \
                    it.\n"
        .to_string();
    for item in public_items(&source("stub.rs")) {
        if !now.contains(&item) {
            let _ = write!(text, "\nThis must stay as it was:\n\n    {item}\n");
        }
    }
    text += "\nThe compiler says of the checks:\n\n";
    for one in found {
        let _ = writeln!(text, "    {}", one.message);
    }
    text
}

/// What a checks.rs may call or name.
const ITEMS: [&str; 7] =
    ["fn", "struct", "enum", "trait", "type", "const", "static"];

/// The public items of a source, each from its `pub` to its body, in one
/// line.
fn public_items(source: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let mut words = line.split_whitespace();
        let kind = words.next().filter(|w| *w == "pub").and(words.next());
        if !kind.is_some_and(|kind| ITEMS.contains(&kind)) {
            continue;
        }
        let mut item = line.trim().to_string();
        while !item.contains(['{', ';']) {
            let Some(more) = lines.next() else { break };
            item = format!("{item} {}", more.trim());
        }
        let end = item.find(['{', ';']).unwrap_or(item.len());
        items.push(one_line(&item[..end]));
    }
    items
}

/// Removes what rustfmt adds when it breaks a signature into lines.
fn one_line(item: &str) -> String {
    let item = item.replace("( ", "(").replace(", )", ")");
    item.trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_same_however_it_is_broken_into_lines() {
        let broken = "pub fn f(\n    a: u8,\n    b: u8,\n) -> u8 {\n";

        let items = public_items(broken);

        assert_eq!(items, ["pub fn f(a: u8, b: u8) -> u8"]);
    }

    #[test]
    fn an_error_inside_a_macro_belongs_to_who_called_it() {
        let line = r#"{"level":"error","rendered":"r","message":"m",
            "spans":[{"is_primary":true,"file_name":"std/macros.rs",
            "expansion":{"span":{"file_name":"exercises/a/exercise.rs"}}}]}"#;

        let (found, _) = read(&line.replace('\n', ""));

        assert!(found[0].is_about(Path::new("/w/exercises/a/exercise.rs")));
    }

    #[test]
    fn the_program_is_the_exercise_and_not_the_lesson() {
        let lines = r#"{"executable":"/t/send_all-1","profile":{"test":true}}
                       {"executable":"/t/lesson-tcp","profile":{"test":false}}"#;

        let (_, program) = read(lines);

        assert_eq!(program, Some(PathBuf::from("/t/send_all-1")));
    }

    #[test]
    fn warnings_and_summaries_are_left_out() {
        let lines = "{\"level\":\"warning\",\"spans\":[]}\n\
                     {\"level\":\"error\",\"message\":\"aborting\",\
                     \"rendered\":\"\",\"spans\":[]}\nnot JSON\n";

        assert!(read(lines).0.is_empty());
    }
}
