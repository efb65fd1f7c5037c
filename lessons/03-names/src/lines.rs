//! What /etc/hosts and /etc/services have in common: a line for an entry,
//! words with white space between, and comments.

use std::fmt;

/// A line that can't be read: its number, from 1, and what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for Broken {}

/// The lines that hold something: number, first word, and the rest. A `#`
/// begins a comment.
pub(crate) fn lines(file: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    file.lines().zip(1..).filter_map(|(line, number)| {
        let said = line.split('#').next().unwrap_or_default().trim();
        let end = said.find(char::is_whitespace).unwrap_or(said.len());
        let (first, rest) = said.split_at(end);
        (!first.is_empty()).then_some((number, first, rest))
    })
}
