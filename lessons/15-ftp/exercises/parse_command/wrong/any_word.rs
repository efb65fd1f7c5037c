//! Rejected by: a_word_is_one_to_four_letters
//!
//! Takes all before the space for the word.

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
    let end = bytes.iter().position(|it| matches!(it, b'\r' | b'\n'));
    let line = &bytes[..end.unwrap_or(bytes.len())];
    if line.len() > LONGEST {
        return Err(Refusal::TooLong);
    }
    match &bytes[line.len()..] {
        // The LF may be in the next piece.
        [] | [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => Ok(Some((command(line)?, line.len() + 2))),
        _ => Err(Refusal::LineEnd),
    }
}

fn command(line: &[u8]) -> Result<Command, Refusal> {
    let text = std::str::from_utf8(line).map_err(|_| Refusal::NotText)?;
    if text.contains('\0') {
        return Err(Refusal::Nul);
    }
    let (word, argument) = match text.split_once(' ') {
        Some((word, argument)) => (word, Some(argument.to_string())),
        None => (text, None),
    };
    if word.is_empty() {
        return Err(Refusal::Word);
    }
    Ok(Command { word: word.to_ascii_uppercase(), argument })
}
