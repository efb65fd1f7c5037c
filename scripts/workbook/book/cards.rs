//! What asks something of the reader: exercises, quizzes and predictions.
//!
//! All of it is HTML that works without a script. Custom elements in
//! book/theme make it answer.

use anyhow::{Result, bail};

use super::{Shelf, html, listing};

/// What stands around a prediction's question and answer.
pub const PREDICT_QUESTION: &str = "\n<sb-predict>\n\
    <p class=\"sb-kind\">Predict</p>\n\n";
/// Between the question and the answer.
pub const PREDICT_ANSWER: &str = "\n\n<details class=\"sb-answer\">\n\
    <summary>Show the answer</summary>\n\n";
/// After the answer.
pub const PREDICT_END: &str = "\n\n</details>\n</sb-predict>\n\n";

/// An exercise's card: its title, its task, and the commands for it.
pub fn exercise(shelf: &Shelf, package: &str, name: &str) -> Result<String> {
    let lesson = shelf.course.lesson(package)?;
    let found = lesson.exercises.iter().find(|e| e.name == name);
    let Some(exercise) = found else {
        let names = lesson.exercises.iter().map(|e| e.name.clone());
        bail!(
            "{package} has no exercise `{name}`; its Cargo.toml names: {}",
            listing::names(names.collect())
        );
    };
    let short = match shelf.course.exercise(name) {
        Ok(_) => name.to_string(),
        Err(_) => exercise.id(),
    };
    Ok(format!(
        "<sb-exercise class=\"sb-card\" data-exercise=\"{id}\">\n\
         <p class=\"sb-kind\">Exercise</p>{state}\n\n\
         ### {title} {{#exercise-{name}}}\n\n{task}\n\n\
         <dl class=\"sb-do\">\
         <dt>Edit</dt><dd><code class=\"nohighlight\">{file}</code></dd>\
         <dt>Check</dt><dd>{check}</dd>\
         <dt>Stuck?</dt><dd>{hint}</dd></dl>\n</sb-exercise>",
        id = exercise.id(),
        state = match shelf.progress.is_solved(exercise) {
            true => "<p class=\"sb-state\">✓ Solved</p>",
            false => "",
        },
        title = exercise.title,
        task = task(&exercise.task),
        file = html::escape(&shelf.told(&exercise.file())),
        check = html::command(&format!("cargo workbook check {short}")),
        hint = html::command(&format!("cargo workbook hint {short}")),
    ))
}

/// The task as the card shows it. What a colon leads up to, such as a
/// drawing, stands in the file alone.
fn task(task: &str) -> String {
    match task.strip_suffix(':') {
        Some(task) => format!("{task}."),
        None => task.to_string(),
    }
}

/// One option of a quiz.
struct Choice {
    right: bool,
    text: String,
    why: String,
}

/// A question with options, each with its own explanation.
pub fn quiz(body: &[&str]) -> Result<String> {
    let start = body.iter().position(|line| option(line).is_some());
    let (question, options) = body.split_at(start.unwrap_or(body.len()));
    let question = question.join("\n");
    let choices = choices(options);
    if question.trim().is_empty() {
        bail!("no question before the options");
    }
    if choices.len() < 2 {
        bail!("fewer than two options; each begins with `- [ ] ` or `- [x] `");
    }
    match choices.iter().filter(|choice| choice.right).count() {
        1 => {}
        n => bail!("{n} options are right; mark exactly one with `[x]`"),
    }
    if let Some(bare) = choices.iter().find(|c| c.why.trim().is_empty()) {
        bail!(
            "the option \"{}\" has no explanation; put one below it, indented",
            bare.text
        );
    }
    let options: String = choices.iter().map(Choice::html).collect();
    Ok(format!(
        "<sb-quiz>\n<p class=\"sb-kind\">Check yourself</p>\n\n\
         <div class=\"sb-question\">\n\n{}\n\n</div>\n\n\
         <ol class=\"sb-options\">\n{options}</ol>\n</sb-quiz>",
        question.trim()
    ))
}

/// Reads `- [x] text` and the indented lines below each.
fn choices(lines: &[&str]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for line in lines {
        if let Some((right, text)) = option(line) {
            let text = text.to_string();
            choices.push(Choice { right, text, why: String::new() });
        } else if let Some(last) = choices.last_mut() {
            last.why += line.strip_prefix("  ").unwrap_or(line);
            last.why.push('\n');
        }
    }
    choices
}

fn option(line: &str) -> Option<(bool, &str)> {
    let right = |text| (true, text);
    let wrong = |text| (false, text);
    line.strip_prefix("- [x] ")
        .map(right)
        .or_else(|| line.strip_prefix("- [ ] ").map(wrong))
}

impl Choice {
    fn html(&self) -> String {
        format!(
            "<li{}>\n<div class=\"sb-option\">\n\n{}\n\n</div>\n\
             <details class=\"sb-why\">\n<summary>Is it this?</summary>\n\n\
             {}\n\n</details>\n</li>\n",
            if self.right { " data-right" } else { "" },
            self.text,
            self.verdict() + self.why.trim()
        )
    }

    fn verdict(&self) -> String {
        match self.right {
            true => "**Right.** ".to_string(),
            false => "**Not quite.** ".to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::book::directives::tests::shelf;
    use crate::course::Course;
    use crate::progress::{Progress, fingerprint};

    #[test]
    fn a_card_says_its_task_and_whether_it_is_solved() {
        let (folder, mut shelf) = shelf();
        let lesson = folder.path().join("lessons/04-tcp");
        let manifest = "[package]\nname = \"lesson-tcp\"\n[[test]]\n\
                        name = \"send_all\"\n\
                        path = \"exercises/send_all/main.rs\"\n";
        fs::write(lesson.join("Cargo.toml"), manifest).unwrap();
        fs::create_dir_all(lesson.join("exercises/send_all")).unwrap();
        let stub = "//! Send all of it.\n//!\n//! Write `send_all`:\n";
        fs::write(lesson.join("exercises/send_all/stub.rs"), stub).unwrap();
        shelf.course = Course::read(folder.path()).unwrap();

        let before = exercise(&shelf, "lesson-tcp", "send_all").unwrap();
        let solved = shelf.course.exercise("send_all").unwrap();
        let hash = fingerprint(solved);
        Progress::read(folder.path()).unwrap().solve(solved, hash).unwrap();
        shelf.progress = Progress::read(folder.path()).unwrap();
        let after = exercise(&shelf, "lesson-tcp", "send_all").unwrap();

        assert!(before.contains("### Send all of it {#exercise-send_all}"));
        assert!(before.contains("Write `send_all`.\n"), "{before}");
        assert!(before.contains("cargo workbook check send_all"));
        assert!(!before.contains("Solved"), "{before}");
        assert!(after.contains("✓ Solved"), "{after}");
    }
}
