//! Rejected by: bytes_inside_a_line_stay_as_they_are
//!
//! White space at the end is trimmed away, not the ending alone. The peer's
//! spaces, tabs and CRs go with it.

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

pub struct LineDecoder {
    limit: usize,
    kept: Vec<u8>,
    refused: bool,
}

impl LineDecoder {
    pub fn new(limit: usize) -> LineDecoder {
        LineDecoder { limit, kept: Vec::new(), refused: false }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if !self.refused {
            self.kept.extend_from_slice(bytes);
        }
    }

    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let end = self.kept.iter().position(|byte| *byte == b'\n');
        let known = &self.kept[..end.unwrap_or(self.kept.len())];
        let line = known.trim_ascii_end().to_vec();
        if self.refused || line.len() > self.limit {
            self.refused = true;
            self.kept = Vec::new();
            return Err(TooLong);
        }
        let Some(end) = end else { return Ok(None) };
        self.kept.drain(..=end);
        Ok(Some(line))
    }
}
