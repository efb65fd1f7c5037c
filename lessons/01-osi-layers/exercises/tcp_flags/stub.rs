//! Say what a TCP segment is for.
//!
//! Two bytes in the middle of a TCP header hold how long it is and eight
//! flags. The flags say what the segment is for: to open, to close, to
//! acknowledge, to reset. Write `parse`, which takes the header apart, and
//! `kind`, which gives the segment its name.
//!
//! ```text
//!  byte 12               byte 13
//!  7 6 5 4 3 2 1 0       7   6   5   4   3   2   1   0
//!  +-------+-------+     +---+---+---+---+---+---+---+---+
//!  | data  | reser-|     |CWR|ECE|URG|ACK|PSH|RST|SYN|FIN|
//!  | offset|  ved  |     |   |   |   |   |   |   |   |   |
//!  +-------+-------+     +---+---+---+---+---+---+---+---+
//! ```
//!
//! `parse` takes what an IP packet carried:
//!
//! - The data offset counts words of 4 bytes. It is where the header ends and
//!   the data begins; you give it in bytes, as `header_length`.
//! - Options lie between byte 20 and the end of the header.
//! - The data goes to the end of the packet. TCP's header has no field for
//!   its length.
//! - A receiver doesn't look at the reserved bits.
//! - Fewer than 20 bytes are `Truncated`, whatever they say. A data offset
//!   under 5 is `OffsetTooSmall`, one behind the end `OffsetTooLarge`.
//!
//! `kind` answers with the first line that holds. What isn't named there
//! makes no difference:
//!
//! | The segment                | is            |
//! | -------------------------- | ------------- |
//! | has RST                    | `Rst`         |
//! | has SYN and FIN            | `Nonsense`    |
//! | has SYN and ACK            | `SynAck`      |
//! | has SYN                    | `Syn`         |
//! | has no ACK                 | `Nonsense`    |
//! | has FIN                    | `Fin`         |
//! | carries data               | `Data`        |
//! | is left                    | `Ack`         |
//!
//! Check it: `cargo workbook check tcp_flags`
//!
//! Read chapter 01, "TCP".

/// The flags of RFC 9293, section 3.1, by their names there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags {
    /// Congestion window reduced (RFC 3168).
    pub cwr: bool,
    /// The network is congested (RFC 3168).
    pub ece: bool,
    /// The urgent pointer counts.
    pub urg: bool,
    /// The acknowledgment number counts.
    pub ack: bool,
    /// Hand over what has come, don't wait for more.
    pub psh: bool,
    /// Forget this connection.
    pub rst: bool,
    /// "My bytes are numbered from here": opens.
    pub syn: bool,
    /// "I have no more to send": closes.
    pub fin: bool,
}

/// A segment, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Length of the header in bytes, options included.
    pub header_length: usize,
    /// What it is for.
    pub flags: Flags,
    /// The options, padding included.
    pub options: &'a [u8],
    /// The bytes of the stream that it carries.
    pub data: &'a [u8],
}

/// What a segment is for, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Asks for a connection.
    Syn,
    /// Agrees to a connection.
    SynAck,
    /// Closes its direction of the connection.
    Fin,
    /// Ends the connection, or refuses it.
    Rst,
    /// Carries bytes of the stream.
    Data,
    /// Acknowledges, and nothing else.
    Ack,
    /// Nothing that a TCP would send.
    Nonsense,
}

/// Why the bytes are not a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They end before the 20 bytes that every header has.
    Truncated,
    /// The header claims to be shorter than 20 bytes.
    OffsetTooSmall,
    /// The header claims more bytes than there are.
    OffsetTooLarge,
}

/// Takes a segment apart.
pub fn parse(bytes: &[u8]) -> Result<Segment<'_>, Refused> {
    todo!("the data offset, the flags, the options, the data")
}

impl Segment<'_> {
    /// Says what the segment is for.
    pub fn kind(&self) -> Kind {
        todo!("the first line of the table that holds")
    }
}
