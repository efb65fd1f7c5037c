//! A length before each message.

use super::{Frame, Framing};
use crate::{Error, Status};

/// The bytes of the length.
const HEADER: usize = size_of::<u32>();

/// Puts the length before each message: four bytes in network byte order,
/// which is big-endian.
///
/// ```text
/// 00 00 00 05 h e l l o 00 00 00 09 b r a v e   n e w
/// └ length ─┘ └ 5 ────┘ └ length ─┘ └ 9 ────────────┘
/// ```
///
/// Any bytes can be a message, and the receiver knows at once how many it
/// must wait for. It also hears how much memory the peer would like it to
/// use: hence the limit.
#[derive(Debug, Clone)]
pub struct LengthPrefix {
    limit: usize,
}

impl LengthPrefix {
    /// Messages of at most `limit` bytes, or as many as four bytes can count.
    pub fn new(limit: usize) -> Self {
        let most = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
        LengthPrefix { limit: limit.min(most) }
    }
}

impl Framing for LengthPrefix {
    // ANCHOR: find
    fn find(&mut self, bytes: &[u8]) -> Result<Status<Frame>, Error> {
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else {
            return Ok(Status::Partial);
        };
        let (length, limit) =
            (u32::from_be_bytes(*header) as usize, self.limit);
        // Before a byte of the message is waited for, or stored.
        if length > limit {
            return Err(Error::TooLong { length, limit });
        }
        if rest.len() < length {
            return Ok(Status::Partial);
        }
        let end = HEADER + length;
        Ok(Status::Complete(Frame { message: HEADER..end, end }))
    }
    // ANCHOR_END: find

    fn encode(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let (length, limit) = (message.len(), self.limit);
        match u32::try_from(length) {
            Ok(header) if length <= limit => {
                out.extend_from_slice(&header.to_be_bytes());
                out.extend_from_slice(message);
                Ok(())
            }
            _ => Err(Error::TooLong { length, limit }),
        }
    }

    fn longest(&self) -> usize {
        self.limit.saturating_add(HEADER)
    }
}
