//! Read a conversation off the wire.
//!
//! Here are the frames of a TCP connection, byte by byte, from its first
//! segment on. Say of each segment who sent it, which bytes of the stream it
//! carries and what it acknowledges, in the relative numbers that every tool
//! shows.
//!
//! ```text
//!  | Ethernet, 14   | IPv4 header    | TCP header           | data | padding |
//!  |                | 0 IHL, in words| 0 source port        |      |         |
//!  |                | 2 total length | 2 destination port   |      |         |
//!  |                | 9 protocol     | 4 sequence number    |      |         |
//!  | 12 what follows| 12 source      | 8 acknowledgment     |      |         |
//!  |    08 00: IPv4 | 16 destination | 12 data offset, flags|      |         |
//! ```
//!
//! - Frames that carry no IPv4, and packets that carry no TCP (6), are left
//!   out. All others belong to one connection and are well-formed.
//! - The client is the end that sends a SYN without ACK. An end is an address
//!   and a port.
//! - Each end numbers its bytes from a random number on, which it tells in
//!   its SYN. `sequence` counts from the sender's, `acknowledgment` from the
//!   other's: the SYN itself is 0, the first byte of data 1. Sequence numbers
//!   have 32 bits, and 0 follows after `ffffffff`.
//! - `acknowledgment` is `None` where the ACK flag isn't set.
//! - `length` counts the bytes of data, `next` is the number behind all that
//!   the segment takes: every byte of data, a SYN and a FIN count as one. It
//!   is the number that the other end will acknowledge.
//!
//! A handshake and its first data come out as
//!
//! ```text
//!  Client  sequence 0  acknowledgment None     length 0  next 1    SYN
//!  Server  sequence 0  acknowledgment Some(1)  length 0  next 1    SYN ACK
//!  Client  sequence 1  acknowledgment Some(1)  length 0  next 1    ACK
//!  Client  sequence 1  acknowledgment Some(1)  length 5  next 6    PSH ACK
//! ```
//!
//! Check it: `cargo workbook check read_a_handshake`
//!
//! Read chapter 04, "The handshake on the wire".

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The one that opened the connection.
    Client,
    /// The other one.
    Server,
}

/// What one segment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Who sent it.
    pub from: Who,
    /// The relative number of its first byte, or of its SYN.
    pub sequence: u32,
    /// The relative number of the byte that it asks for next.
    pub acknowledgment: Option<u32>,
    /// How many bytes of data it carries.
    pub length: u32,
    /// The relative number behind everything in it.
    pub next: u32,
}

/// Reads the segments in these frames, in their order.
pub fn read(frames: &[Vec<u8>]) -> Vec<Line> {
    todo!("find the segments, then who opened, then count")
}
