//! Rejected by: a_cr_and_its_lf_may_come_apart, a_cr_at_the_limit_is_waited_for, a_line_of_the_limit_is_accepted, bytes_that_are_not_utf8_pass_unchanged, half_a_line_is_not_a_line_yet, lines_survive_being_split_into_single_bytes, lines_survive_every_cut, many_lines_in_one_piece_are_given_one_by_one, pieces_may_be_pushed_before_lines_are_taken
//!
//! The ending is looked for in the newest piece alone, as if every push began
//! a new line. What an earlier push left over is forgotten.

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

pub struct LineDecoder {
    limit: usize,
    piece: Vec<u8>,
    refused: bool,
}

impl LineDecoder {
    pub fn new(limit: usize) -> LineDecoder {
        LineDecoder { limit, piece: Vec::new(), refused: false }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.piece = bytes.to_vec();
    }

    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let end = self.piece.iter().position(|byte| *byte == b'\n');
        let known = &self.piece[..end.unwrap_or(self.piece.len())];
        let line = known.strip_suffix(b"\r").unwrap_or(known).to_vec();
        if self.refused || line.len() > self.limit {
            self.refused = true;
            return Err(TooLong);
        }
        let Some(end) = end else { return Ok(None) };
        self.piece.drain(..=end);
        Ok(Some(line))
    }
}
