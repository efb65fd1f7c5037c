//! What can be wrong with the bytes of a frame.

use std::fmt;

use crate::frame::Kind;

/// Why bytes can't be read as the header that they should hold.
///
/// Each says which layer, what a length there claimed, and what was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The bytes end inside a header, or inside an option.
    Truncated {
        /// The layer whose header it is.
        layer: Kind,
        /// The least that it has, in bytes.
        needed: usize,
        /// The bytes that are there.
        there: usize,
    },
    /// A length is too small to cover even what it must.
    TooSmall {
        /// The layer that says so.
        layer: Kind,
        /// The field, as the RFC calls it.
        field: &'static str,
        /// The length that it claims, in bytes.
        says: usize,
        /// The least that it may be.
        least: usize,
    },
    /// A length promises more bytes than there are.
    TooLarge {
        /// The layer that says so.
        layer: Kind,
        /// The field, as the RFC calls it.
        field: &'static str,
        /// The length that it claims, in bytes.
        says: usize,
        /// The bytes that are there.
        there: usize,
    },
    /// The version in the first four bits belongs to another protocol.
    Version {
        /// The layer that should be there.
        layer: Kind,
        /// The version that the bytes claim.
        says: u8,
    },
    /// An option has a length that it can't have.
    OptionLength {
        /// The layer whose option it is.
        layer: Kind,
        /// The option's number.
        option: u8,
        /// The length that it claims, in bytes.
        says: usize,
        /// The least that it may be.
        least: usize,
        /// The most that it may be: no option leaves its header.
        most: usize,
    },
    /// A header stands where it must not.
    OutOfPlace {
        /// That header.
        layer: Kind,
    },
    /// More headers follow one another than anybody has a use for.
    TooMany {
        /// How many are read.
        limit: usize,
    },
    /// What should be written doesn't fit into the field that counts it.
    TooLong {
        /// The layer that should carry it.
        layer: Kind,
        /// How many bytes it would have to count.
        length: usize,
        /// The most that it can.
        limit: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Error::*;
        match *self {
            Truncated { layer, needed, there } => {
                write!(f, "{layer}: {} needed, {there} there", Bytes(needed))
            }
            TooSmall { layer, field, says, least } => {
                let says = Bytes(says);
                write!(f, "{layer}: {field} says {says}, the least is {least}")
            }
            TooLarge { layer, field, says, there } => {
                let says = Bytes(says);
                write!(f, "{layer}: {field} says {says}, {there} there")
            }
            Version { layer, says } => {
                write!(f, "{layer}: the version says {says}")
            }
            OptionLength { layer, option, says, least, most } => {
                write!(f, "{layer}: option {option} says {}, ", Bytes(says))?;
                match least == most {
                    true => write!(f, "it has {least}"),
                    false => write!(f, "it can have {least} to {most}"),
                }
            }
            OutOfPlace { layer } => {
                write!(f, "{layer}: may only come first")
            }
            TooMany { limit } => {
                write!(f, "more than {limit} headers, one behind another")
            }
            TooLong { layer, length, limit } => {
                let length = Bytes(length);
                write!(f, "{layer}: {length} don't fit, the most is {limit}")
            }
        }
    }
}

/// A number of bytes, in words.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} byte{s}", self.0)
    }
}

impl std::error::Error for Error {}
