//! What the learner sees of a verdict.
//!
//! ```text
//! ✗ framing/length_prefix   2 of 6 checks pass
//!
//!   a_frame_survives_being_split_into_single_bytes
//!     sent      00 00 00 05 68 65 6c 6c 6f        one byte at a time
//!     …
//!   hint: cargo workbook hint length_prefix
//! ```
//!
//! The first check that fails is told in full, the others by name: checks
//! stand in the order in which they are best met. Colours are for a terminal
//! and leave it alone where `NO_COLOR` is set.
//!
//! Start reading at [`tell`].

use anstream::{print, println};
use anstyle::{AnsiColor, Style};

use crate::check::{Outcome, Verdict};
use crate::course::Exercise;

/// What is right.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// A name that matters.
pub const NAME: Style = Style::new().bold();
/// What matters less.
pub const FAINT: Style = Style::new().dimmed();

/// The longest part of the learner's own output that is shown, in lines.
const SHOWN: usize = 20;

/// Tells a verdict: its headline, and all that helps.
pub fn tell(exercise: &Exercise, verdict: &Verdict) {
    headline(exercise, verdict);
    match verdict {
        Verdict::Refused(why) => {
            println!("\n{}", why.trim_end());
            tell_hint(exercise);
        }
        Verdict::Ran { outcomes, .. } if !verdict.is_pass() => {
            tell_failures(outcomes);
            tell_hint(exercise);
        }
        Verdict::Ran { outcomes, .. } => tell_left_out(outcomes),
    }
}

/// Tells a verdict in one line.
pub fn headline(exercise: &Exercise, verdict: &Verdict) {
    let (style, mark) = match verdict.is_pass() {
        true => (GOOD, '✓'),
        false => (BAD, '✗'),
    };
    let count = match verdict {
        Verdict::Refused(_) => "does not compile".to_string(),
        Verdict::Ran { outcomes, .. } => count(outcomes),
    };
    println!("{style}{mark} {}{style:#}   {count}", exercise.id());
}

fn count(outcomes: &[Outcome]) -> String {
    let all = outcomes.len();
    match outcomes.iter().filter(|one| one.failure.is_none()).count() {
        passed if passed == all => format!("all {all} checks pass"),
        passed => format!("{passed} of {all} checks pass"),
    }
}

fn tell_failures(outcomes: &[Outcome]) {
    let mut failed = outcomes.iter().filter(|one| one.failure.is_some());
    let Some(first) = failed.next() else { return };
    println!("\n  {NAME}{}{NAME:#}", first.claim);
    let report = first.failure.as_deref().unwrap_or_default();
    print!("{}", indented(report, "    "));
    if !first.printed.trim().is_empty() {
        println!("\n  your code printed");
        print!("{}", indented(&beginning(&first.printed), "    "));
    }
    let others: Vec<_> = failed.collect();
    if !others.is_empty() {
        println!("\n  these fail too");
        for other in others {
            println!("    {}", other.claim);
        }
    }
}

/// What this machine can't examine, and why: it counts as passed.
fn tell_left_out(outcomes: &[Outcome]) {
    for one in outcomes {
        let Some(why) = &one.left_out else { continue };
        println!("\n  {NAME}{}{NAME:#} was left out", one.claim);
        print!("{}", indented(why, "    "));
    }
}

fn tell_hint(exercise: &Exercise) {
    println!("\n  hint: cargo workbook hint {}", exercise.name);
}

/// The text with every line moved to the right, and its end marked.
fn indented(text: &str, by: &str) -> String {
    text.lines()
        .map(|line| format!("{by}{line}\n").replace("\t", "  "))
        .collect()
}

fn beginning(text: &str) -> String {
    let lines: Vec<_> = text.trim_matches('\n').lines().collect();
    let mut shown = lines[..lines.len().min(SHOWN)].join("\n");
    if lines.len() > SHOWN {
        shown += &format!("\n… {} lines in all", lines.len());
    }
    shown
}

/// A bar of 20 letters: how much of the whole is done.
pub fn bar(done: usize, all: usize) -> String {
    let full = (done * 20).checked_div(all).unwrap_or(0);
    format!("{}{}", "█".repeat(full), "░".repeat(20 - full))
}
