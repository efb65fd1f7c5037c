//! Take a command off the control connection.
//!
//! Write `parse_command`. It is given what has come on the control connection
//! so far, and takes one command off its front (RFC 959, section 5.3):
//!
//! ```text
//!   RETR notes.txt\r\n
//!   │    └─ argument: all the bytes up to the ending, as they are
//!   └─ word: one to four letters A to Z, in any case
//! ```
//!
//! The answer is `Ok(None)` while the line isn't whole, `Ok(Some((command,
//! length)))` with the number of bytes that it took, its ending too, or
//! `Err(refusal)`:
//!
//! | What came                                   | The refusal          |
//! | ------------------------------------------- | -------------------- |
//! | more than `LONGEST` bytes before the ending | `Refusal::TooLong`   |
//! | LF without CR before it, CR without LF behind | `Refusal::LineEnd` |
//! | a byte 0                                    | `Refusal::Nul`       |
//! | bytes that are not UTF-8                    | `Refusal::NotText`   |
//! | anything else before the first space        | `Refusal::Word`      |
//!
//! - The word is answered in capitals: `retr` and `Retr` are `RETR`. Which
//!   words there are isn't asked here.
//! - One space ends the word. All that follows is the argument: spaces, too,
//!   in front, between and at the end. (The text of section 5.3 has "one or
//!   more spaces", the grammar of 5.3.1 one. A name may begin with a space, so
//!   here it is one.)
//! - Without a space there is no argument: `None`. With nothing behind the
//!   space it is empty: `Some("")`.
//! - A line that is too long is refused as soon as that is known. Its end may
//!   never come. Other faults you may refuse as early as you like, but half a
//!   character and half an ending are no faults: the rest may come.
//! - No line in the checks has two faults.
//!
//! Check it: `cargo workbook check parse_command`
//!
//! Read chapter 15, "Commands and replies" and "Names with line ends".

/// The most bytes of a line, without its ending.
pub const LONGEST: usize = 512;

/// A line in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What to do, in capitals: `RETR`.
    pub word: String,
    /// With what: `notes.txt`.
    pub argument: Option<String>,
}

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// More than [`LONGEST`] bytes.
    TooLong,
    /// A CR or an LF that stands alone.
    LineEnd,
    /// A byte 0.
    Nul,
    /// Bytes that are not UTF-8.
    NotText,
    /// It doesn't begin with a word of one to four letters.
    Word,
}

/// Takes a command off the front of `bytes`: the command, and how many bytes
/// it took.

pub fn parse_command(
    bytes: &[u8],
) -> Result<Option<(Command, usize)>, Refusal> {
    todo!("word, space, argument, CR LF")
}
