//! What a client may call a file: a check that needs no file system.
//!
//! ```text
//! notes.txt  music/a.flac     fine
//! ..  music/../..  /etc       refused: they lead elsewhere
//! .ssh                        refused: hidden
//! "a\nb"  "a\0b"              refused: another program would misread them
//! %2e%2e                      fine: a name like any other, with percent signs
//! ```
//!
//! It keeps out what is plainly wrong, with words for the user. It can't know
//! of links: that nothing leads out of the folder is what the kernel sees to,
//! in [`crate::Folder`].

use std::fmt;

/// The most bytes that a part may have: NAME_MAX, pathname(7).
pub const PART: usize = 255;

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No byte at all.
    Empty,
    /// It begins with `/`.
    Absolute,
    /// Nothing between two `/`, or after the last.
    EmptyPart,
    /// A part is `.` or `..`.
    Dots,
    /// A part begins with a dot.
    Hidden,
    /// A part has so many bytes: more than [`PART`].
    TooLong(usize),
    /// A byte 0: to the kernel the name would end there.
    Nul,
    /// CR or LF: a list of names would hold one more.
    LineEnd,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Empty => "a name has at least one byte",
            Fault::Absolute => "a name doesn't begin with /",
            Fault::EmptyPart => "nothing stands before or after a /",
            Fault::Dots => "neither . nor .. is a part of a name",
            Fault::Hidden => "names that begin with a dot are hidden",
            Fault::TooLong(bytes) => {
                return write!(
                    f,
                    "{bytes} bytes in one part, {PART} are allowed"
                );
            }
            Fault::Nul => "a name holds no byte 0",
            Fault::LineEnd => "a name holds no line end",
        })
    }
}

impl std::error::Error for Fault {}

// ANCHOR: check
/// Whether a client may use this name.
///
/// # Errors
/// The first [`Fault`] found.
pub fn check(name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::Empty);
    }
    if name.starts_with('/') {
        return Err(Fault::Absolute);
    }
    name.split('/').try_for_each(part)
}

fn part(part: &str) -> Result<(), Fault> {
    match part {
        "" => Err(Fault::EmptyPart),
        "." | ".." => Err(Fault::Dots),
        _ if part.contains('\0') => Err(Fault::Nul),
        _ if part.contains(['\r', '\n']) => Err(Fault::LineEnd),
        _ if part.starts_with('.') => Err(Fault::Hidden),
        _ if part.len() > PART => Err(Fault::TooLong(part.len())),
        _ => Ok(()),
    }
}
// ANCHOR_END: check

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_below_the_folder_are_fine() {
        let longest = "a".repeat(PART);
        for name in [
            "a", "a b", "a/b/c", "a..b", "a.", "%2e%2e", "%2fetc", "\\", "~",
            "-rf", "ä", &longest,
        ] {
            assert_eq!(check(name), Ok(()), "{name:?}");
        }
    }

    #[test]
    fn each_fault_is_told_apart() {
        let long = "ä".repeat(128);
        for (name, fault) in [
            ("", Fault::Empty),
            ("/", Fault::Absolute),
            ("/etc/passwd", Fault::Absolute),
            ("//a", Fault::Absolute),
            ("a//b", Fault::EmptyPart),
            ("a/", Fault::EmptyPart),
            ("..", Fault::Dots),
            ("a/../../b", Fault::Dots),
            ("./a", Fault::Dots),
            (".ssh", Fault::Hidden),
            ("a/.b", Fault::Hidden),
            ("...", Fault::Hidden),
            ("a\0b", Fault::Nul),
            ("..\0", Fault::Nul),
            ("a\nb", Fault::LineEnd),
            ("a\r", Fault::LineEnd),
            (&long, Fault::TooLong(256)),
        ] {
            assert_eq!(check(name), Err(fault), "{name:?}");
        }
    }
}
