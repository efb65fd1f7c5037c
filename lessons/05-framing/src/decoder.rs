//! Pieces in, messages out.

use crate::{Error, Frame, Framing, Status};

/// Puts the pieces of a stream together and yields the messages in them.
///
/// ```text
/// recv → push → message, message, … Partial → recv → push → …
/// ```
///
/// It keeps at most one unfinished frame and the piece pushed last, if all
/// messages are taken before the next push. Memory grows with the bytes that
/// have arrived, never with a length that the peer has only announced.
///
/// ```
/// use lesson_framing::{Decoder, Delimiter, Status};
///
/// let mut decoder = Decoder::new(Delimiter::newline(1024));
/// decoder.push(b"hel");
/// assert_eq!(decoder.message(), Ok(Status::Partial));
/// decoder.push(b"lo\nwor");
/// assert_eq!(decoder.message(), Ok(Status::Complete(&b"hello"[..])));
/// assert_eq!(decoder.message(), Ok(Status::Partial));
/// assert_eq!(decoder.kept(), b"wor");
/// ```
#[derive(Debug)]
pub struct Decoder<F> {
    framing: F,
    buffer: Vec<u8>,
    /// How much of the buffer has been given out as messages.
    taken: usize,
    failed: Option<Error>,
}

impl<F: Framing> Decoder<F> {
    /// Begins at the start of a message, with nothing kept.
    pub fn new(framing: F) -> Self {
        Decoder { framing, buffer: Vec::new(), taken: 0, failed: None }
    }

    // ANCHOR: push
    /// Takes one piece: what a read returned, however long it is.
    ///
    /// Bytes after an error are dropped.
    pub fn push(&mut self, piece: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.make_room(piece.len());
        self.buffer.extend_from_slice(piece);
    }

    /// Takes the next message out, if all of it is there.
    ///
    /// The message is lent from the decoder's buffer, and the next push may
    /// move that buffer. So the compiler ends the loan there: copy what is
    /// needed longer.
    ///
    /// # Errors
    /// When the stream breaks the framing's rule or its limit. The decoder
    /// then gives its memory back, and every later call repeats the error.
    pub fn message(&mut self) -> Result<Status<&[u8]>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match self.framing.find(&self.buffer[self.taken..]) {
            Ok(Status::Complete(Frame { message, end })) => {
                let unread = &self.buffer[self.taken..];
                self.taken += end;
                Ok(Status::Complete(&unread[message]))
            }
            Ok(Status::Partial) => Ok(Status::Partial),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Says whether the stream may end here: a read gave 0 bytes.
    ///
    /// # Errors
    /// [`Error::CutOff`] in the middle of a message; an earlier error again.
    pub fn finish(&self) -> Result<(), Error> {
        match (self.failed, self.kept().len()) {
            (Some(error), _) => Err(error),
            (None, 0) => Ok(()),
            (None, kept) => Err(Error::CutOff { kept }),
        }
    }
    // ANCHOR_END: push

    /// The bytes that have been pushed and not yet taken as messages.
    pub fn kept(&self) -> &[u8] {
        &self.buffer[self.taken..]
    }

    /// The bytes kept, for a protocol that goes on in another way, such as
    /// lines first and then a file.
    pub fn into_kept(mut self) -> Vec<u8> {
        self.buffer.split_off(self.taken)
    }

    /// The memory that the buffer holds, in bytes.
    pub fn memory(&self) -> usize {
        self.buffer.capacity()
    }

    fn fail(&mut self, error: Error) -> Error {
        self.buffer = Vec::new();
        self.taken = 0;
        self.failed = Some(error);
        error
    }

    /// Doubles the buffer as `Vec` does, so that small pieces don't cost a
    /// move each, but not beyond the longest frame.
    fn make_room(&mut self, more: usize) {
        let (length, capacity) = (self.buffer.len(), self.buffer.capacity());
        let needed = length + more;
        if needed > capacity {
            let doubled = (2 * capacity).min(self.framing.longest());
            self.buffer.reserve_exact(needed.max(doubled) - length);
        }
    }
}
