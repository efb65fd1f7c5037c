//! Rejected by: a_line_above_the_limit_is_refused, lines_before_a_line_too_long_are_given_first
//!
//! The length is examined while the ending is missing. The same line passes or
//! not by how the network cut it.

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
        let Some(end) = self.kept.iter().position(|byte| *byte == b'\n') else {
            let cr = usize::from(self.kept.ends_with(b"\r"));
            if self.refused || self.kept.len() - cr > self.limit {
                self.refused = true;
                self.kept = Vec::new();
                return Err(TooLong);
            }
            return Ok(None);
        };
        let mut line: Vec<u8> = self.kept.drain(..=end).collect();
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }
}
