//! One small interface for every way of marking messages.

mod delimiter;
mod length_prefix;

use std::ops::Range;

pub use delimiter::Delimiter;
pub use length_prefix::LengthPrefix;

use crate::{Error, Status};

// ANCHOR: framing
/// One way of marking where a message ends.
pub trait Framing {
    /// Looks for one whole frame at the start of `bytes`.
    ///
    /// After [`Status::Partial`] it is called again with the same bytes and
    /// more behind them, so it may remember how far it has looked.
    ///
    /// # Errors
    /// When these bytes can't become a message within the limit, whatever
    /// follows them.
    fn find(&mut self, bytes: &[u8]) -> Result<Status<Frame>, Error>;

    /// Appends `message` to `out` as one frame.
    ///
    /// # Errors
    /// When the message exceeds the limit, or this framing can't carry it.
    /// Nothing is appended then.
    fn encode(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Error>;

    /// The longest frame that can be, in bytes, its mark included.
    fn longest(&self) -> usize;
}

/// Where a frame lies in the bytes that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The message, without its mark.
    pub message: Range<usize>,
    /// Where the next frame begins: greater than 0, at least `message.end`.
    pub end: usize,
}
// ANCHOR_END: framing
