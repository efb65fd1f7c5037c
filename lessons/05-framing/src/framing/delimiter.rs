//! A mark after each message.

use super::{Frame, Framing};
use crate::{Error, Status};

/// Ends each message with a delimiter that no message may hold.
///
/// ```text
/// h e l l o \n b r a v e   n e w \n w o r l d \n
/// ```
///
/// The receiver must look at every byte, and a message that holds the
/// delimiter can't be sent. SMTP, FTP and the headers of HTTP/1.1 end their
/// lines with CR LF.
#[derive(Debug, Clone)]
pub struct Delimiter {
    mark: &'static [u8],
    limit: usize,
    /// How many bytes are known not to begin a delimiter.
    searched: usize,
}

impl Delimiter {
    /// Messages of at most `limit` bytes, each ended by LF.
    pub const fn newline(limit: usize) -> Self {
        Delimiter { mark: b"\n", limit, searched: 0 }
    }

    /// Messages of at most `limit` bytes, each ended by CR LF.
    pub const fn crlf(limit: usize) -> Self {
        Delimiter { mark: b"\r\n", limit, searched: 0 }
    }
}

impl Framing for Delimiter {
    // ANCHOR: find
    fn find(&mut self, bytes: &[u8]) -> Result<Status<Frame>, Error> {
        let window = &bytes[..bytes.len().min(self.longest())];
        if let Some(at) = position(window, self.mark, self.searched) {
            self.searched = 0;
            let end = at + self.mark.len();
            return Ok(Status::Complete(Frame { message: 0..at, end }));
        }
        if window.len() == self.longest() {
            return Err(Error::Endless { limit: self.limit });
        }
        // The last bytes may be the first half of a delimiter.
        self.searched = (window.len() + 1).saturating_sub(self.mark.len());
        Ok(Status::Partial)
    }
    // ANCHOR_END: find

    fn encode(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let (length, limit) = (message.len(), self.limit);
        if length > limit {
            return Err(Error::TooLong { length, limit });
        }
        if let Some(at) = position(message, self.mark, 0) {
            return Err(Error::HoldsDelimiter { at });
        }
        out.extend_from_slice(message);
        out.extend_from_slice(self.mark);
        Ok(())
    }

    fn longest(&self) -> usize {
        self.limit.saturating_add(self.mark.len())
    }
}

/// Where `mark` first stands in `bytes`, looking from byte `from` on.
fn position(bytes: &[u8], mark: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let at = rest.windows(mark.len()).position(|window| window == mark)?;
    Some(from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_is_not_searched_again() {
        let mut newline = Delimiter::newline(80);
        assert_eq!(newline.find(b"hello"), Ok(Status::Partial));
        assert_eq!(newline.searched, 5);

        let mut crlf = Delimiter::crlf(80);
        assert_eq!(crlf.find(b"hello"), Ok(Status::Partial));
        assert_eq!(crlf.searched, 4, "the last byte may be a CR");
        assert_eq!(crlf.find(b""), Ok(Status::Partial));
        assert_eq!(crlf.searched, 0);
    }
}
