//! What can be wrong with a message.

use std::fmt;
use std::io::{self, ErrorKind};

/// Why a message can't be sent, or why a stream can't be read on.
///
/// After an error in what was received nobody knows where the next message
/// begins: close the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The message has, or says that it has, more bytes than are allowed.
    TooLong {
        /// The bytes of the message.
        length: usize,
        /// The most that it may have.
        limit: usize,
    },
    /// No delimiter came within the limit, in bytes.
    Endless {
        /// The most that a message may have.
        limit: usize,
    },
    /// The message to be sent holds the delimiter, so it would be read as
    /// two.
    HoldsDelimiter {
        /// How many bytes stand before it.
        at: usize,
    },
    /// The stream ended in the middle of a message.
    CutOff {
        /// The bytes of it that had arrived, its mark included.
        kept: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::TooLong { length, limit } => {
                write!(f, "a message of {length} bytes, the limit is {limit}")
            }
            Error::Endless { limit } => {
                write!(f, "no delimiter after {limit} bytes, the limit")
            }
            Error::HoldsDelimiter { at } => {
                write!(f, "the message holds the delimiter, at byte {at}")
            }
            Error::CutOff { kept } => {
                write!(f, "the stream ended {kept} bytes into a message")
            }
        }
    }
}

impl std::error::Error for Error {}

/// For programs that read messages and do I/O in one function.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::CutOff { .. } => ErrorKind::UnexpectedEof,
            Error::HoldsDelimiter { .. } => ErrorKind::InvalidInput,
            Error::TooLong { .. } | Error::Endless { .. } => {
                ErrorKind::InvalidData
            }
        };
        io::Error::new(kind, error)
    }
}
