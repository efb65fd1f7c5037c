//! Rejected by: a_line_is_given_without_its_ending, a_line_of_the_limit_is_accepted, an_empty_line_is_a_line, bytes_that_are_not_utf8_pass_unchanged, half_a_line_is_not_a_line_yet, lines_before_a_line_too_long_are_given_first, lines_survive_being_split_into_single_bytes, lines_survive_every_cut, many_lines_in_one_piece_are_given_one_by_one, pieces_may_be_pushed_before_lines_are_taken, the_limit_is_for_each_line
//!
//! The specification says CR LF, so only CR LF is looked for. Lines of a Unix
//! program, which end with LF alone, never end here.

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
        let end = self.kept.windows(2).position(|two| two == b"\r\n");
        let known = &self.kept[..end.unwrap_or(self.kept.len())];
        let line = known.strip_suffix(b"\r").unwrap_or(known);
        let line = if end.is_some() { known } else { line }.to_vec();
        if self.refused || line.len() > self.limit {
            self.refused = true;
            self.kept = Vec::new();
            return Err(TooLong);
        }
        let Some(end) = end else { return Ok(None) };
        self.kept.drain(..end + 2);
        Ok(Some(line))
    }
}
