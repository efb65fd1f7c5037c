//! A head that comes in pieces, perhaps of one byte each.
//!
//! [`parse`] begins at the head's first byte each time. For a client that
//! sends 16,000 bytes one by one it would look at 128 million:
//!
//! ```text
//! after each byte          1 + 2 + 3 + 4 + … + n    half of n × n
//! when they have doubled   1 + 2 + 4 + 8 + … + n    less than 2 × n
//! ```
//!
//! So it is called when there are twice as many bytes as at the last time, and
//! where the new ones may be the head's end, or pass a limit.

use lesson_framing::Status;

use crate::{Field, Limits, Refusal, Request, parse};

/// How far a head that isn't whole has been looked at. Each head needs a new
/// one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unfinished {
    /// How many bytes there were at the last call.
    seen: usize,
    /// And how many when they were taken apart.
    tried: usize,
    /// Where the last line begins.
    line: usize,
}

// ANCHOR: unfinished
impl Unfinished {
    /// [`parse`], if the bytes may give another answer than those before
    /// them. Bytes from the head's first on, each time with more at the end.
    ///
    /// What is wrong in the middle of a head may be reported later than by
    /// `parse`, but before there are twice as many bytes. Whoever stops waiting
    /// for more asks `parse` itself.
    ///
    /// # Errors
    /// Those of [`parse`].
    pub fn parse<'a, 'f>(
        &mut self,
        bytes: &'a [u8],
        limits: &Limits,
        fields: &'f mut [Field<'a>],
    ) -> Result<Status<(Request<'a, 'f>, usize)>, Refusal> {
        if !self.is_worth_it(bytes, limits) {
            return Ok(Status::Partial);
        }
        parse(bytes, limits, fields)
    }

    fn is_worth_it(&mut self, bytes: &[u8], limits: &Limits) -> bool {
        let new = &bytes[self.seen.saturating_sub(2).min(bytes.len())..];
        self.seen = bytes.len();
        if let Some(end) = new.iter().rposition(|&byte| byte == b'\n') {
            self.line = bytes.len() - new.len() + end + 1;
        }
        let worth_it = bytes.len() >= 2 * self.tried
            || bytes.len() > limits.head
            || bytes.len() - self.line > limits.line
            || may_end(new);
        if worth_it {
            self.tried = bytes.len();
        }
        worth_it
    }
}

/// An empty line; or LF alone, which is refused, and whose sender may wait for
/// the answer.
fn may_end(new: &[u8]) -> bool {
    new.windows(3).any(|three| {
        let bare = three[1] != b'\r' && three[2] == b'\n';
        bare || three == b"\n\r\n"
    })
}
// ANCHOR_END: unfinished

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_that_dribbles_in_costs_no_more_than_four_looks_at_each_byte() {
        let head = "GET / HTTP/1.1\r\n".to_string()
            + &"A: bcdefgh\r\n".repeat(1000)
            + "\r\n";
        let limits = Limits { fields: 2000, ..Limits::default() };
        let mut unfinished = Unfinished::default();
        let mut looks = 0;
        for end in 1..=head.len() {
            if unfinished.is_worth_it(&head.as_bytes()[..end], &limits) {
                looks += end;
            }
        }
        assert_eq!(unfinished.tried, head.len(), "the end wasn't seen");
        assert!(looks < 4 * head.len(), "{looks} of {}", head.len());
    }

    #[test]
    fn a_limit_is_met_by_the_first_byte_too_many() {
        let limits = Limits { line: 100, ..Limits::default() };
        for start in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: b\r\n"] {
            let bytes = start.to_string() + &"a".repeat(200);
            let (mut unfinished, mut end) = (Unfinished::default(), 0);
            loop {
                end += 1;
                let part = &bytes.as_bytes()[..end];
                match unfinished.parse(part, &limits, &mut [Field::EMPTY; 9]) {
                    Ok(Status::Partial) => {}
                    Ok(Status::Complete(_)) => panic!("{start}"),
                    Err(refusal) => break assert_eq!(refusal.at, end - 1),
                }
            }
            assert_eq!(end, start.len() + 101);
        }
    }

    /// How many bytes there are when it is refused.
    fn refused_at(bytes: &str, limits: &Limits) -> Option<usize> {
        let mut unfinished = Unfinished::default();
        (1..=bytes.len()).find(|&end| {
            let part = &bytes.as_bytes()[..end];
            unfinished.parse(part, limits, &mut [Field::EMPTY; 99]).is_err()
        })
    }

    #[test]
    fn a_head_is_too_long_with_its_first_byte_too_many() {
        let limits = Limits { head: 150, ..Limits::default() };
        let bytes = "GET / HTTP/1.1\r\n".to_string() + &"A: b\r\n".repeat(50);
        assert_eq!(refused_at(&bytes, &limits), Some(151));
    }

    #[test]
    fn whoever_ends_lines_with_lf_alone_is_told_at_once() {
        let bytes = "GET / HTTP/1.1\r\nHost: a\n\n";
        let limits = Limits::default();
        assert_eq!(refused_at(bytes, &limits), Some(bytes.len() - 1));
    }
}
