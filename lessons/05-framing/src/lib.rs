//! Message framing: where one message ends and the next begins.
//!
//! TCP carries bytes in order and has never heard of your messages
//! (RFC 9293, section 2.2). What was sent in three pieces may be received in
//! one, or in five, or cut in other places:
//!
//! ```text
//! sent      hello    brave new    world
//! stream    h e l l o b r a v e   n e w w o r l d
//! received  hellobra    ve newwo    rld
//! ```
//!
//! So the sender marks each message ([`Framing::encode`]), and the receiver
//! puts the pieces together and finds the marks ([`Decoder`]). A message with
//! its mark is a frame.
//!
//! - [`Delimiter`]: a mark after each message, such as a line's end.
//! - [`LengthPrefix`]: four bytes before each message that count it.
//!
//! Start reading at [`Decoder`].

mod decoder;
mod error;
mod framing;

pub use decoder::Decoder;
pub use error::Error;
pub use framing::{Delimiter, Frame, Framing, LengthPrefix};

// ANCHOR: status
/// What a look at the bytes so far may find.
///
/// That a message is still on its way is no error: it is what happens most
/// of the time.
#[must_use = "a message may be inside"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status<T> {
    /// It is all there.
    Complete(T),
    /// Not enough yet: read more bytes, then look again.
    Partial,
}
// ANCHOR_END: status
