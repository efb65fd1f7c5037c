//! Rejected by: a_refusal_is_final
//!
//! After a refusal the buffer is emptied and work goes on, as if a new line
//! began there. The tail of the refused line becomes a line of its own.

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

pub struct LineDecoder {
    limit: usize,
    kept: Vec<u8>,
}

impl LineDecoder {
    pub fn new(limit: usize) -> LineDecoder {
        LineDecoder { limit, kept: Vec::new() }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
    }

    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let end = self.kept.iter().position(|byte| *byte == b'\n');
        let known = &self.kept[..end.unwrap_or(self.kept.len())];
        let line = known.strip_suffix(b"\r").unwrap_or(known).to_vec();
        if line.len() > self.limit {
            self.kept.clear();
            return Err(TooLong);
        }
        let Some(end) = end else { return Ok(None) };
        self.kept.drain(..=end);
        Ok(Some(line))
    }
}
