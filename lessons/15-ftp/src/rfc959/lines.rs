//! Lines from pieces: what comes on the control connection.
//!
//! A line ends with CR LF: RFC 959, section 5.3.1. Nothing else ends one, and
//! nothing else may hold a CR or LF. A client that puts the name `a\nDELE b`
//! in a command would else have said two commands.

use lesson_framing::Status;

use super::Refusal;

/// The most bytes of a line, without its end: a path of the system has at
/// most 4096, PATH_MAX.
pub const LONGEST: usize = 4096;

/// Bytes that have come, and the lines in them.
#[derive(Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    /// The line was too long; its end hasn't come.
    skipping: bool,
}

impl Lines {
    /// Takes a piece of any length.
    pub fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// Bytes that are waiting to be a line.
    pub fn waiting(&self) -> usize {
        self.bytes.len()
    }

    // ANCHOR: take
    /// The next line without its end, or why it is none.
    pub fn take(&mut self) -> Status<Result<Vec<u8>, Refusal>> {
        let Some(end) = self.bytes.iter().position(|it| *it == b'\n') else {
            return self.none();
        };
        let rest = self.bytes.split_off(end + 1);
        let mut line = std::mem::replace(&mut self.bytes, rest);
        line.pop();
        let whole = line.pop() == Some(b'\r');
        let skipped = std::mem::take(&mut self.skipping);
        Status::Complete(match whole {
            // Where this line ends is a guess: nothing after it can be
            // trusted.
            false => {
                self.bytes.clear();
                Err(Refusal::LoneLf)
            }
            true if skipped || line.len() > LONGEST => Err(Refusal::TooLong),
            true if line.contains(&b'\r') => Err(Refusal::LoneCr),
            true => Ok(line),
        })
    }

    /// Not enough yet. Of a line that is too long nothing is kept but what
    /// could be half of its end.
    fn none(&mut self) -> Status<Result<Vec<u8>, Refusal>> {
        // Its CR may have come, and not its LF.
        if self.skipping || self.bytes.len() > LONGEST + 1 {
            self.skipping = true;
            let half = self.bytes.last() == Some(&b'\r');
            self.bytes.clear();
            self.bytes.extend(half.then_some(b'\r'));
        }
        Status::Partial
    }
    // ANCHOR_END: take

    /// Whether a whole line waits, and what its first word is.
    pub fn peek(&self) -> Option<&[u8]> {
        let end = self.bytes.iter().position(|it| *it == b'\n')?;
        let line = self.bytes[..end].trim_ascii_end();
        line.split(|it| *it == b' ').next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<Result<String, Refusal>> {
        let (mut lines, mut all) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.push(piece);
            while let Status::Complete(line) = lines.take() {
                all.push(line.map(|it| String::from_utf8(it).unwrap()));
            }
        }
        all
    }

    #[test]
    fn lines_come_out_of_any_pieces() {
        let bytes = b"NOOP\r\nRETR a b\r\n";
        let single: Vec<_> = bytes.chunks(1).collect();

        let due = [Ok("NOOP".to_string()), Ok("RETR a b".to_string())];
        assert_eq!(lines(&[bytes]), due);
        assert_eq!(lines(&single), due);
    }

    #[test]
    fn a_line_end_inside_makes_no_second_command() {
        let lone_lf = lines(&[b"DELE a\nDELE b\r\nNOOP\r\n"]);
        let lone_cr = lines(&[b"DELE a\rDELE b\r\nNOOP\r\n"]);

        assert_eq!(lone_lf, [Err(Refusal::LoneLf)]);
        assert_eq!(lone_cr, [Err(Refusal::LoneCr), Ok("NOOP".to_string())]);
    }

    #[test]
    fn the_longest_line_is_fine_and_one_byte_more_is_not() {
        let longest = [&[b'a'; LONGEST][..], b"\r\n"].concat();
        let longer = [&[b'a'; LONGEST + 1][..], b"\r\nNOOP\r\n"].concat();

        for size in [1, 4097, 5000] {
            let pieces: Vec<_> = longest.chunks(size).collect();
            let line = lines(&pieces).remove(0).unwrap();
            assert_eq!(line.len(), LONGEST, "pieces of {size}");
        }
        for size in [1, 7, 4097, 5000] {
            let pieces: Vec<_> = longer.chunks(size).collect();
            let due = [Err(Refusal::TooLong), Ok("NOOP".to_string())];
            assert_eq!(lines(&pieces), due, "pieces of {size}");
        }
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut lines = Lines::default();

        for _ in 0..1000 {
            lines.push(&[b'a'; 1000]);
            assert_eq!(lines.take(), Status::Partial);
        }

        assert!(lines.bytes.capacity() < 3 * LONGEST, "{lines:?}");
    }
}
