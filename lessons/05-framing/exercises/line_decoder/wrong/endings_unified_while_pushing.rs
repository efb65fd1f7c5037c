//! Rejected by: a_cr_and_its_lf_may_come_apart, a_cr_at_the_limit_is_waited_for, a_line_of_the_limit_is_accepted, lines_survive_being_split_into_single_bytes, lines_survive_every_cut
//!
//! Every CR LF becomes LF as soon as it is pushed. Where the network cut
//! between the two, the CR is in one piece and the LF in the next, and the CR
//! stays in the line.

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
        if self.refused {
            return;
        }
        let mut bytes = bytes.iter().peekable();
        while let Some(byte) = bytes.next() {
            if *byte != b'\r' || bytes.peek() != Some(&&b'\n') {
                self.kept.push(*byte);
            }
        }
    }

    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let end = self.kept.iter().position(|byte| *byte == b'\n');
        let line = self.kept[..end.unwrap_or(self.kept.len())].to_vec();
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
