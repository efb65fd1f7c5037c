//! What can be wrong with a message.

use std::fmt;

/// Why a message is refused, or can't be written. Places are offsets from
/// the start of the message, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It ends in the middle of something.
    Truncated {
        /// Where the piece begins that isn't all there.
        at: usize,
        /// How many bytes it needs.
        needed: usize,
        /// How many there are.
        there: usize,
    },
    /// More bytes follow than the counts in the header speak of.
    Surplus {
        /// How many.
        bytes: usize,
    },
    /// A pointer in a name that doesn't point backwards. Two such could
    /// point at each other.
    Pointer {
        /// Where the pointer is.
        at: usize,
        /// Where it points.
        to: usize,
    },
    /// A name with more than [`JUMPS`](super::JUMPS) pointers.
    Jumps {
        /// Where the name begins.
        at: usize,
    },
    /// A label that begins with the bits 01 or 10, which mean nothing.
    Reserved {
        /// Where the label begins.
        at: usize,
    },
    /// A name of more than 255 bytes.
    LongName,
    /// A label of more than 63 bytes.
    LongLabel,
    /// A name with an empty label in it, such as `a..b`.
    EmptyLabel,
    /// A name with a character beyond ASCII. RFC 3492 tells how such names
    /// are written.
    NotAscii,
    /// An address whose length isn't that of its type.
    Address {
        /// Where its bytes begin.
        at: usize,
        /// How many they are.
        length: usize,
    },
    /// The buffer has no room for the message.
    NoRoom {
        /// The buffer's bytes.
        room: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Error::Truncated { at, needed, there } => {
                write!(f, "at byte {at}: needs {needed}, has {there}")
            }
            Error::Surplus { bytes } => {
                write!(f, "goes on for {bytes} behind its last record")
            }
            Error::Pointer { at, to } => {
                write!(f, "at byte {at}: a pointer to {to}, not backwards")
            }
            Error::Jumps { at } => {
                write!(f, "at byte {at}: a name of too many pointers")
            }
            Error::Reserved { at } => {
                write!(f, "at byte {at}: neither a label nor a pointer")
            }
            Error::LongName => f.write_str("a name of more than 255 bytes"),
            Error::LongLabel => f.write_str("a label of more than 63 bytes"),
            Error::EmptyLabel => f.write_str("a name with an empty label"),
            Error::NotAscii => {
                f.write_str("a name with a character beyond ASCII")
            }
            Error::Address { at, length } => {
                write!(f, "at byte {at}: an address of {length} bytes")
            }
            Error::NoRoom { room } => {
                write!(f, "a message that {room} bytes can't hold")
            }
        }
    }
}

impl std::error::Error for Error {}
