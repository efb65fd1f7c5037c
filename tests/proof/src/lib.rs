//! Proof that no exercise accepts a wrong answer.
//!
//! Each exercise ships plausible wrong answers. The first line of each names
//! the checks that must reject it, and the proof holds that against what
//! happens:
//!
//! | Variant    | Must                                                  |
//! | ---------- | ----------------------------------------------------- |
//! | `stub`     | fail every check                                      |
//! | `solution` | pass every check                                      |
//! | `wrong/*`  | fail exactly the checks that its first line names     |
//!
//! A check that hangs, or whose process ends before it does, has failed.
//! `tests/exercises.rs` runs the variants; here is only what is due.
//!
//! Start reading at [`Due::of`] and [`Due::compare`].

use std::collections::BTreeSet;

/// The least number of wrong answers an exercise has.
pub const WRONG_ANSWERS: usize = 3;

/// What is due of a variant.
#[derive(Debug, PartialEq)]
pub enum Due {
    /// Every check fails: nothing was written yet.
    FailAll,
    /// Every check passes.
    PassAll,
    /// These checks fail, and no others.
    Fail(BTreeSet<String>),
}

impl Due {
    /// What is due of the variant with this name (`stub`, `solution`,
    /// `wrong/NAME`) and source.
    ///
    /// An error says what is wrong with its first line.
    pub fn of(
        name: &str,
        source: &str,
        checks: &[&str],
    ) -> Result<Due, String> {
        match name {
            "stub" => return Ok(Due::FailAll),
            "solution" => return Ok(Due::PassAll),
            _ => {}
        }
        let named = rejected_by(source)
            .ok_or("the first line must be `//! Rejected by: CHECK, CHECK`")?;
        for check in &named {
            if !checks.contains(&check.as_str()) {
                return Err(format!("there is no check `{check}`"));
            }
        }
        match named.is_empty() {
            true => Err("a wrong answer must be rejected".into()),
            false => Ok(Due::Fail(named)),
        }
    }

    /// Whether this check should fail.
    pub fn fails(&self, check: &str) -> bool {
        match self {
            Due::FailAll => true,
            Due::PassAll => false,
            Due::Fail(named) => named.contains(check),
        }
    }

    /// Holds what is due against what happened: each check, and whether it
    /// failed. The error names every difference.
    pub fn compare<'a>(
        &self,
        ran: impl IntoIterator<Item = (&'a str, bool)>,
    ) -> Result<(), String> {
        let mut differences = Vec::new();
        for (check, failed) in ran {
            match (self.fails(check), failed) {
                (true, false) => {
                    differences.push(format!("{check} passes, and should fail"))
                }
                (false, true) => {
                    differences.push(format!("{check} fails, and should pass"))
                }
                _ => {}
            }
        }
        match differences.is_empty() {
            true => Ok(()),
            false => Err(differences.join("\n")),
        }
    }
}

/// The checks that a wrong answer's first line names.
fn rejected_by(source: &str) -> Option<BTreeSet<String>> {
    let first = source.lines().next()?;
    let names = first.strip_prefix("//! Rejected by: ")?;
    Some(names.split(',').map(|name| name.trim().to_string()).collect())
}

/// The chapter and section of every `check("05", "A length")` in a
/// checks.rs.
pub fn sections(checks: &str) -> Vec<(String, String)> {
    let calls = checks.split("check(").skip(1);
    let quoted = |call: &str| {
        let mut parts = call.split('"');
        let chapter = parts.nth(1)?.to_string();
        Some((chapter, parts.nth(1)?.to_string()))
    };
    let numbered = |(chapter, _): &(String, String)| {
        chapter.len() == 2 && chapter.bytes().all(|b| b.is_ascii_digit())
    };
    calls.filter_map(quoted).filter(numbered).collect()
}

/// How many hints a hints.md holds.
pub fn hints(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("## ")).count()
}

/// What a stub lacks that the runner and the book need.
pub fn faults_of_stub(stub: &str, name: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let title = stub.lines().next().unwrap_or_default();
    if !title.starts_with("//! ") || !title.ends_with('.') {
        faults.push("its first line must be `//! ` and a sentence".into());
    }
    let command = format!("cargo workbook check {name}");
    if !stub.contains(&command) {
        faults.push(format!("it doesn't name the command `{command}`"));
    }
    if stub.contains("#[test]") {
        faults.push("it holds a test, which a learner could remove".into());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKS: [&str; 2] = ["a_frame_is_read", "an_end_is_none"];

    fn wrong(first: &str) -> Result<Due, String> {
        Due::of("wrong/x", &format!("{first}\n//!\n//! Why.\n"), &CHECKS)
    }

    #[test]
    fn a_wrong_answer_that_passes_is_noticed() {
        let due = wrong("//! Rejected by: a_frame_is_read").unwrap();

        let all_pass = CHECKS.map(|check| (check, false));
        let told = due.compare(all_pass).unwrap_err();

        assert_eq!(told, "a_frame_is_read passes, and should fail");
    }

    #[test]
    fn a_wrong_answer_that_another_check_rejects_is_noticed() {
        let due = wrong("//! Rejected by: a_frame_is_read").unwrap();

        let told = due.compare(CHECKS.map(|c| (c, true))).unwrap_err();

        assert_eq!(told, "an_end_is_none fails, and should pass");
    }

    #[test]
    fn a_wrong_answer_rejected_as_it_says_is_accepted() {
        let due = wrong("//! Rejected by: a_frame_is_read, an_end_is_none");

        assert_eq!(due.unwrap().compare(CHECKS.map(|c| (c, true))), Ok(()));
    }

    #[test]
    fn a_first_line_that_names_no_check_is_refused() {
        assert!(wrong("//! Rejected by: a_frame_is_red").is_err());
        assert!(wrong("//! Rejected by: ").is_err());
        assert!(wrong("//! A wrong answer.").is_err());
    }

    #[test]
    fn a_stub_that_passes_a_check_is_noticed() {
        let due = Due::of("stub", "", &CHECKS).unwrap();

        let told = due.compare([(CHECKS[0], true), (CHECKS[1], false)]);

        assert_eq!(told, Err("an_end_is_none passes, and should fail".into()));
    }

    #[test]
    fn a_solution_that_fails_a_check_is_noticed() {
        let due = Due::of("solution", "", &CHECKS).unwrap();

        let told = due.compare([(CHECKS[0], true), (CHECKS[1], false)]);

        assert_eq!(told, Err("a_frame_is_read fails, and should pass".into()));
    }

    #[test]
    fn sections_are_found_however_the_call_is_broken_into_lines() {
        let checks = "use support::check::check;\ncheck(\n    \"05\",\n    \
                      \"A length\",\n)\ncheck(\"04\", \"Reset\").sent(\"x\")";

        let expected = [("05", "A length"), ("04", "Reset")];
        assert_eq!(
            sections(checks),
            expected.map(|(c, s)| (c.to_string(), s.to_string()))
        );
    }

    #[test]
    fn a_stub_says_its_title_and_command_and_holds_no_test() {
        let good = "//! Read.\n//!\n//! `cargo workbook check varint`\n";
        let bad = "// Read\n#[test]\n";

        assert!(faults_of_stub(good, "varint").is_empty());
        assert_eq!(faults_of_stub(bad, "varint").len(), 3);
    }
}
