//! Write a message's header by hand, and read it.
//!
//! A weather station sends its readings in messages of a header and a text.
//! Write `write` and `read`, byte by byte, so that both ends agree whatever
//! their machines and compilers do.
//!
//! ```text
//!   byte 0     1              5        7        9
//!   +---------+--------------+--------+--------+----------------
//!   | version |   sequence   | tenths | length | text, as many
//!   |   u8    |     u32      |  i16   |  u16   | bytes as length
//!   +---------+--------------+--------+--------+----------------
//! ```
//!
//! - All numbers are in network byte order. `tenths` is the temperature in
//!   tenths of a degree, and may be below zero: two's complement, -0.1 degrees
//!   is `ff ff`.
//! - The version is always 1. `length` counts the bytes of the text alone.
//! - There is no gap between the fields. A C struct with these fields takes 12
//!   bytes in memory, the wire takes 9.
//! - `write` puts the message behind what stands in `out`. When the text is too
//!   long for its length field, it answers `TooLong` and leaves `out` as it is.
//! - `read` answers with the message and with what lies behind it.
//!
//! | The bytes                                      | `read` answers          |
//! | ---------------------------------------------- | ----------------------- |
//! | are none                                       | `Err(Truncated)`        |
//! | begin with another version                     | `Err(UnknownVersion)`   |
//! | are fewer than the header                      | `Err(Truncated)`        |
//! | are fewer than the header and the text         | `Err(Truncated)`        |
//! | hold the whole message                         | `Ok((message, rest))`   |
//!
//! Check it: `cargo workbook check message_header`
//!
//! Read chapter 02, "A header by hand".

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Which message of this station it is.
    pub sequence: u32,
    /// The temperature in tenths of a degree.
    pub tenths: i16,
    /// A remark of at most 65,535 bytes.
    pub text: &'a [u8],
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The text has more than 65,535 bytes.
    TooLong,
    /// The bytes end before the message does.
    Truncated,
    /// The first byte is not 1.
    UnknownVersion,
}

/// Puts the message's bytes behind those in `out`.
pub fn write(message: &Message<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
    todo!("is the text short enough? then field by field")
}

/// Reads the message at the front of `bytes`, and says what lies behind it.
pub fn read(bytes: &[u8]) -> Result<(Message<'_>, &[u8]), Refused> {
    todo!("the version, the header, the text")
}
