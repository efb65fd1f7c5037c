//! Rejected by: a_cr_at_the_limit_is_waited_for, a_line_of_the_limit_is_accepted
//!
//! Without an LF every byte counts, so a CR LF line of exactly the limit is
//! refused when its LF is late.

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
        let mut line = &self.kept[..end.unwrap_or(self.kept.len())];
        if end.is_some() {
            line = line.strip_suffix(b"\r").unwrap_or(line);
        }
        if self.refused || line.len() > self.limit {
            self.refused = true;
            self.kept = Vec::new();
            return Err(TooLong);
        }
        let line = line.to_vec();
        let Some(end) = end else { return Ok(None) };
        self.kept.drain(..=end);
        Ok(Some(line))
    }
}
