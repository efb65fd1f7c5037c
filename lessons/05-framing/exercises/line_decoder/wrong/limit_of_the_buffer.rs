//! Rejected by: a_cr_at_the_limit_is_waited_for, a_line_above_the_limit_is_refused, a_line_too_long_is_refused_before_its_end, lines_before_a_line_too_long_are_given_first, the_limit_is_for_each_line
//!
//! The limit is compared with all that is waiting, so a handful of short lines
//! that came in one read is refused.

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
        let ending = 2;
        if self.refused || self.kept.len() > self.limit + ending {
            self.refused = true;
            self.kept = Vec::new();
            return Err(TooLong);
        }
        let Some(end) = self.kept.iter().position(|byte| *byte == b'\n') else {
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
