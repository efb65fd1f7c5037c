//! Rejected by: an_empty_line_is_a_line, lines_before_a_line_too_long_are_given_first, lines_survive_every_cut, many_lines_in_one_piece_are_given_one_by_one, pieces_may_be_pushed_before_lines_are_taken, the_limit_is_for_each_line
//!
//! After a line was found the buffer is cleared. What had come behind it, in
//! the same read, is lost.

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
        let line = known.strip_suffix(b"\r").unwrap_or(known).to_vec();
        if self.refused || line.len() > self.limit {
            self.refused = true;
            self.kept = Vec::new();
            return Err(TooLong);
        }
        if end.is_none() {
            return Ok(None);
        }
        self.kept.clear();
        Ok(Some(line))
    }
}
