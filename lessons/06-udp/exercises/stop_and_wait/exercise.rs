//! Deliver everything, once and in order, over a wire that does not.
//!
//! Stop and wait: the sender has one piece on its way, and sends the next
//! when this one is acknowledged. Both sides work through a wire that loses,
//! doubles and delays datagrams as it likes. In the end the receiver has
//! each piece once, in order.
//!
//! ```text
//!  data   'D'  number, 4 bytes, big-endian   the piece's bytes, perhaps none
//!  ack    'A'  number, 4 bytes, big-endian
//! ```
//!
//! Pieces are numbered from 0. Your code opens no socket and keeps no clock:
//! whoever uses it sends what you give, tells you what has come, and asks
//! for the datagram again when the time is up.
//!
//! - The sender goes on when the piece on its way is acknowledged, and by
//!   nothing else.
//! - The receiver acknowledges each piece that it has, and a copy of one it
//!   had before as well, each by its own number. It takes a piece only when
//!   its turn has come; one that comes before its turn gets no answer.
//! - Whatever is no data (for the receiver) or no ack (for the sender) is as
//!   good as lost. Nothing that comes makes your code panic.
//!
//! Check it: `cargo workbook check stop_and_wait`
//!
//! Read chapter 06, "Stop and wait".

/// The side that has pieces to send.
pub struct Sender {
    // Your fields.
}

impl Sender {
    /// Has these pieces to send.
    pub fn new(pieces: Vec<Vec<u8>>) -> Self {
        todo!("the pieces, and which of them is on its way")
    }

    /// The datagram that is to be sent, now or again. `None` when all pieces
    /// have been acknowledged.
    pub fn datagram(&self) -> Option<Vec<u8>> {
        todo!("'D', the number, the piece")
    }

    /// Takes a datagram that has come. Says whether it was the ack that was
    /// waited for: then there is a new datagram to send, or nothing more.
    pub fn heard(&mut self, datagram: &[u8]) -> bool {
        todo!("is it an ack, and of this piece?")
    }
}

/// The side that wants the pieces.
pub struct Receiver {
    // Your fields.
}

impl Receiver {
    /// Has nothing yet.
    pub fn new() -> Self {
        todo!("no pieces")
    }

    /// Takes a datagram that has come. Gives the ack to send, if one is due.
    pub fn heard(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        todo!("new, a copy, or not its turn?")
    }

    /// The pieces so far, in order.
    pub fn pieces(&self) -> &[Vec<u8>] {
        todo!("each of them once")
    }
}
