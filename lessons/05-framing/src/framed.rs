//! Messages that arrive as they were sent, whatever the pieces.
//!
//! The demos `delimiter` and `length-prefix` differ in one line each: how
//! messages are marked. The rest is here, and the same for both.

use std::io;

use lesson_framing::{Decoder, Framing, Status};
use narrator::{During, Trouble};

use crate::stage::Stage;

/// What the receiver asks for in each recv, in bytes. No message and no
/// frame is that long, so the cuts fall anywhere.
const PIECE: usize = 8;

/// Sends each message in a frame.
pub fn send(stage: &mut Stage, framing: &impl Framing) -> Result<(), Trouble> {
    for message in ["hello", "brave new", "world"] {
        let mut frame = Vec::new();
        framing
            .encode(message.as_bytes(), &mut frame)
            .map_err(io::Error::from)
            .during("encode")?;
        stage.send(&frame, message)?;
    }
    stage.finish()?;
    stage.wait_for_all()
}

// ANCHOR: receive
/// Receives pieces, and takes out of them what messages there are.
pub fn receive(
    stage: &mut Stage,
    framing: impl Framing,
) -> Result<(), Trouble> {
    let mut decoder = Decoder::new(framing);
    loop {
        let piece = stage.recv(PIECE)?;
        if piece.is_empty() {
            return decoder.finish().map_err(io::Error::from).during("recv");
        }
        decoder.push(&piece);
        // None, one or many: a piece says nothing about messages.
        while let Status::Complete(message) = next(&mut decoder)? {
            stage.takes(message);
        }
        stage.keeps(decoder.kept());
    }
}
// ANCHOR_END: receive

fn next(decoder: &mut Decoder<impl Framing>) -> Result<Status<&[u8]>, Trouble> {
    decoder.message().map_err(io::Error::from).during("decode")
}
