//! Why a text is no address, no line of a file, or no question: what is
//! wrong, and where.

use std::fmt;

/// What is wrong with a text, or with a message, and where.
///
/// `at` counts bytes from the start of what was to be read, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// It ends where something more was due.
    Ends {
        /// What was due there.
        due: &'static str,
        /// Where it ends.
        at: usize,
    },
    /// Something stands there that can't.
    Unexpected {
        /// What was due there.
        due: &'static str,
        /// The place.
        at: usize,
    },
    /// A number is larger than its place allows.
    TooLarge {
        /// The most that it may be.
        most: u32,
        /// Where the number begins.
        at: usize,
    },
    /// A number begins with a zero, and some would read it as octal.
    LeadingZero {
        /// Where the number begins.
        at: usize,
    },
    /// There are more of something than there may be.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most that there may be.
        most: usize,
        /// Where the first begins that is too many.
        at: usize,
    },
    /// There are fewer groups or parts than an address has.
    TooFew {
        /// Of what.
        what: &'static str,
        /// How many are there.
        there: usize,
        /// How many there must be.
        due: usize,
    },
}

impl Error {
    /// The same error in a longer text, in which this one began at `start`.
    pub(crate) fn later(mut self, start: usize) -> Self {
        use Error::*;
        match &mut self {
            Ends { at, .. } | Unexpected { at, .. } => *at += start,
            TooLarge { at, .. } | LeadingZero { at } => *at += start,
            TooMany { at, .. } => *at += start,
            TooFew { .. } => {}
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Error::*;
        match *self {
            Ends { due, at } => write!(f, "ends at byte {at}, {due} is due"),
            Unexpected { due, at } => {
                write!(f, "{due} is due at byte {at}")
            }
            TooLarge { most, at } => {
                write!(f, "the number at byte {at} exceeds {most}")
            }
            LeadingZero { at } => {
                write!(f, "the number at byte {at} begins with 0")
            }
            TooMany { what, most, at } => {
                write!(f, "more than {most} {what}, from byte {at} on")
            }
            TooFew { what, there, due } => {
                write!(f, "{there} {what}, {due} are due")
            }
        }
    }
}

impl std::error::Error for Error {}
