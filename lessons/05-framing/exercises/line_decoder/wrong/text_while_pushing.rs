//! Rejected by: bytes_that_are_not_utf8_pass_unchanged
//!
//! Each piece is made text as it comes. A character of two bytes that was cut
//! in the middle becomes two replacement characters.

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

pub struct LineDecoder {
    limit: usize,
    kept: String,
    refused: bool,
}

impl LineDecoder {
    pub fn new(limit: usize) -> LineDecoder {
        LineDecoder { limit, kept: String::new(), refused: false }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if !self.refused {
            self.kept.push_str(&String::from_utf8_lossy(bytes));
        }
    }

    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let end = self.kept.find('\n');
        let known = &self.kept[..end.unwrap_or(self.kept.len())];
        let line = known.strip_suffix('\r').unwrap_or(known).to_string();
        if self.refused || line.len() > self.limit {
            self.refused = true;
            self.kept = String::new();
            return Err(TooLong);
        }
        let Some(end) = end else { return Ok(None) };
        self.kept.drain(..=end);
        Ok(Some(line.into_bytes()))
    }
}
