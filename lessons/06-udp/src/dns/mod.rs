//! DNS messages, written and read by hand: RFC 1035, section 4.
//!
//! ```text
//!  ┌────────┬──────────┬─────────┬───────────┬────────────┐
//!  │ header │ question │ answers │ authority │ additional │
//!  │ 12     │ name,    │ records: name, type, class,      │
//!  │ bytes  │ type,    │ time to live, length, data       │
//!  │        │ class    │                                  │
//!  └────────┴──────────┴─────────┴───────────┴────────────┘
//! ```
//!
//! A message comes from whoever sent it, so nothing in it is believed before
//! it was checked: every count, every length, every pointer in a name.
//! [`Message::parse`] walks through all of it once, with bounds on each step,
//! and what it gives can be read without another error. Nothing here
//! allocates: a message is a view over the bytes that came, and is written
//! into a buffer that the caller has.
//!
//! Start reading at [`Message::parse`], then [`query`].

mod error;
mod name;
mod read;
mod write;

pub use error::Error;
pub use name::{JUMPS, Name};
pub use read::{Message, Question, Record};
pub use write::{Entry, answer, query};

/// The most bytes of a message over UDP, unless both sides agreed on more:
/// RFC 1035, section 2.3.4; RFC 6891 for the agreement.
pub const LARGEST: usize = 512;

/// The bytes of the header.
pub const HEADER: usize = 12;

/// Types of records: RFC 1035, section 3.2.2, and RFC 3596.
pub mod kind {
    /// An IPv4 address.
    pub const A: u16 = 1;
    /// An IPv6 address.
    pub const AAAA: u16 = 28;
}

/// The internet's class of records: RFC 1035, section 3.2.4.
pub const IN: u16 = 1;

/// Bits of the header's second field: RFC 1035, section 4.1.1.
pub mod flag {
    /// An answer; without it a question.
    pub const RESPONSE: u16 = 0x8000;
    /// The server is responsible for this name.
    pub const AUTHORITATIVE: u16 = 0x0400;
    /// The message was cut, because it was too long for a datagram.
    pub const TRUNCATED: u16 = 0x0200;
    /// Ask others, if you don't know.
    pub const RECURSION_DESIRED: u16 = 0x0100;
}

/// Codes of an answer, the lowest four bits of the flags.
pub mod code {
    /// All is well.
    pub const NO_ERROR: u8 = 0;
    /// The server could not read the question.
    pub const FORMAT_ERROR: u8 = 1;
    /// There is no such name (NXDOMAIN).
    pub const NAME_ERROR: u8 = 3;
}
