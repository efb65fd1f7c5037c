//! What to notice:
//!
//! - All pieces go into one buffer, and the ending is looked for there. No
//!   cut can matter, because the cuts are gone before anybody looks.
//! - `searched` remembers how far the search has come. Without it, every
//!   push would search the unfinished line from its start again: a line in
//!   single bytes would cost the square of its length.
//! - The CR is looked at only once the LF is known, so it doesn't matter
//!   whether they came together. An unfinished line gets the benefit of the
//!   doubt: a CR at its end is not counted yet.
//! - "Not enough yet" is `Ok(None)`, a value. The only error is a line that
//!   is too long, and it is known before the line has ended.
//! - A shortcut: `drain` moves all that is behind the line to the front, for
//!   every line. With pieces of a few KiB that is cheap. A position to read
//!   from, and one move for each push, would save it.

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// Takes bytes in any pieces and gives lines.
pub struct LineDecoder {
    limit: usize,
    /// What has come and was not given yet.
    kept: Vec<u8>,
    /// This many bytes at the front of `kept` hold no LF.
    searched: usize,
    refused: bool,
}

impl LineDecoder {
    /// Makes a decoder for lines of at most `limit` bytes.
    pub fn new(limit: usize) -> LineDecoder {
        LineDecoder { limit, kept: Vec::new(), searched: 0, refused: false }
    }

    /// Takes the bytes that one read has brought.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.refused {
            self.kept.extend_from_slice(bytes);
        }
    }

    /// Gives the next complete line, or `None` while there isn't one.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let fresh = &self.kept[self.searched..];
        let found = fresh.iter().position(|byte| *byte == b'\n');
        let end = found.map(|at| self.searched + at);

        let known = &self.kept[..end.unwrap_or(self.kept.len())];
        let line = known.strip_suffix(b"\r").unwrap_or(known);
        if self.refused || line.len() > self.limit {
            self.refused = true;
            self.kept = Vec::new();
            self.searched = 0;
            return Err(TooLong);
        }
        let Some(end) = end else {
            self.searched = self.kept.len();
            return Ok(None);
        };
        let line = line.to_vec();
        self.kept.drain(..=end);
        self.searched = 0;
        Ok(Some(line))
    }
}
