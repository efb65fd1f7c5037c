//! Take lines out of bytes that come in any pieces.
//!
//! Write `LineDecoder`. Whoever reads from the network pushes each piece as
//! it came, and takes the lines that are complete. The decoder never reads
//! by itself, so it works with every kind of stream:
//!
//! ```text
//!  push "one\r\ntw"      next_line → Some("one")
//!                        next_line → None            not enough yet
//!  push "o\nthree\n"     next_line → Some("two")
//!                        next_line → Some("three")
//!                        next_line → None
//! ```
//!
//! - A line ends with LF (`\n`). One CR (`\r`) directly before the LF belongs
//!   to the ending too. The ending is not part of the line.
//! - All other bytes are the line's, whatever they are: a CR elsewhere, a
//!   space, a byte that is not UTF-8. An empty line is a line.
//! - A line may have `limit` bytes, its ending not counted. A longer one is
//!   refused: `Err(TooLong)`. The lines before it are given first.
//! - Don't wait for the end of a line that is already too long: it may never
//!   come.
//! - A refusal is final. Every later call is `Err(TooLong)`, and what is
//!   pushed is not kept: the caller will close the connection.
//!
//! Check it: `cargo workbook check line_decoder`
//!
//! Read chapter 05, "A delimiter", "Not enough yet" and "Bounds".

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// Takes bytes in any pieces and gives lines.
pub struct LineDecoder {
    // What must be remembered from one call to the next?
}

impl LineDecoder {
    /// Makes a decoder for lines of at most `limit` bytes.
    pub fn new(limit: usize) -> LineDecoder {
        todo!("nothing has come yet")
    }

    /// Takes the bytes that one read has brought.
    pub fn push(&mut self, bytes: &[u8]) {
        todo!("keep them until their line is complete")
    }

    /// Gives the next complete line, or `None` while there isn't one.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        todo!("find the end of the line in what was kept")
    }
}
