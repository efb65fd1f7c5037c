//! Rejected by: a_line_that_never_ends_costs_no_memory
//!
//! The refusal is final, and yet every further piece is stored.

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

pub struct LineDecoder {
    limit: usize,
    kept: Vec<u8>,
    searched: usize,
}

impl LineDecoder {
    pub fn new(limit: usize) -> LineDecoder {
        LineDecoder { limit, kept: Vec::new(), searched: 0 }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
    }

    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let fresh = &self.kept[self.searched..];
        let found = fresh.iter().position(|byte| *byte == b'\n');
        let end = found.map(|at| self.searched + at);
        let known = &self.kept[..end.unwrap_or(self.kept.len())];
        let line = known.strip_suffix(b"\r").unwrap_or(known);
        if line.len() > self.limit {
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
