//! Chat over TCP in messages of your own.
//!
//! All of this chapter in one small protocol. A client joins a chat under a
//! name, says things, and leaves. The server sends each message back, as all
//! members of the chat would hear it. Write the two functions that turn
//! messages into frames and back, and the one that serves a client.
//!
//! ```text
//!  00 04  01  61 6e 6e      Join("ann")
//!  00 03  02  68 69         Say("hi")
//!  00 01  03                Leave
//!  └ 1 ┘  └2┘ └─ 3 ──┘
//! ```
//!
//! 1. Two bytes of length, big-endian. They count the kind and the text.
//! 2. One byte of kind.
//! 3. The text, in UTF-8: at most [`LIMIT`] bytes, and none behind Leave.
//!
//! `send_message` hands the whole frame over in one write, and goes on with
//! the rest where the writer took less. A text above the limit is
//! `InvalidInput`, and nothing is sent.
//!
//! `next_message` answers `Ok(None)` where the stream ends between two
//! frames, and `UnexpectedEof` where it ends inside one. These frames are
//! `InvalidData`: one with no room for a kind, one above the limit (say so
//! before you read the rest of it), a Leave with a text, a text that is not
//! UTF-8. A frame of an unknown kind is skipped whole, whatever is in it:
//! newer clients may know more than you.
//!
//! `serve` sends each message back as soon as it has come. The first must be
//! Join, and there is one Join only; anything else is `InvalidData`. After
//! Leave it is done. A client whose stream ends without a Leave has left all
//! the same, and is sent the Leave: it may have closed one direction only.
//! One that never joined is sent nothing. All errors go to the caller.
//!
//! Check it: `cargo workbook check chat_messages`
//!
//! Read chapter 05, "A length" and "Bounds", and chapter 04, "Half-close".

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// The longest text of a message, in bytes.
pub const LIMIT: usize = 1024;

/// What the members of a chat send each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Kind 1: somebody comes in, under this name.
    Join(String),
    /// Kind 2: somebody says this.
    Say(String),
    /// Kind 3: somebody goes.
    Leave,
}

/// Sends one message.
pub fn send_message(
    stream: &mut impl Write,
    message: &Message,
) -> io::Result<()> {
    todo!("put the frame together, then write all of it")
}

/// Reads the next message of a kind that is known.
pub fn next_message(stream: &mut impl Read) -> io::Result<Option<Message>> {
    todo!("read a frame, look at its kind, and go on if it is unknown")
}

/// Sends one client's messages back until it leaves.
pub fn serve(stream: &mut TcpStream) -> io::Result<()> {
    todo!("the first message is Join")
}
