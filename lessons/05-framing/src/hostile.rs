//! Clients that break the rules, and a receiver that keeps its bounds.
//!
//! Whoever connects may announce 4 GiB, send a line that never ends, stop in
//! the middle of a message, or leave there. Each is refused with its reason,
//! and costs the receiver no more than one frame and one piece of memory.

use std::io::{self, Read};
use std::time::Duration;

use lesson_framing::{Decoder, Delimiter, Framing, LengthPrefix, Status};
use narrator::{During, Trouble, explain};
use socket2::Socket;

use crate::stage::{quoted, shortened, tell};

/// The longest message that the receiver takes, in bytes.
const LIMIT: usize = 1024;

/// What it asks for in each recv, in bytes.
const PIECE: usize = 512;

/// How long it waits for each piece. A client that sends one byte just
/// before each of these runs out holds on for long: a deadline for the whole
/// message, lesson 10, ends that.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a client does after its bytes.
#[derive(PartialEq)]
enum Then {
    Stalls,
    Closes,
}

/// Four bad clients, then a good one.
pub fn run() -> Result<(), Trouble> {
    let length = || LengthPrefix::new(LIMIT);
    visit(b"\xff\xff\xff\xff", Then::Stalls, length())?;
    visit(&[b'a'; 4096], Then::Stalls, Delimiter::newline(LIMIT))?;
    visit(b"\x00\x00\x04\x00abc", Then::Stalls, length())?;
    visit(b"\x00\x00\x04\x00abc", Then::Closes, length())?;
    visit(b"\x00\x00\x00\x05hello", Then::Closes, length())
}

/// One client's visit, and how it ended.
fn visit(
    bytes: &[u8],
    then: Then,
    framing: impl Framing,
) -> Result<(), Trouble> {
    let (sender, receiver) = lesson_tcp::pair().during("connect")?;
    sender.send(bytes).during("send")?;
    tell("sender", "send", shortened(bytes));
    if then == Then::Closes {
        drop(sender);
        tell("sender", "close", "nothing more will be sent");
    } else {
        tell("sender", "waits", "and sends no more");
    }
    let mut memory = 0;
    if let Err(reason) = serve(receiver, framing, &mut memory) {
        tell("receiver", "refuses", explain(&reason));
    }
    tell("receiver", "memory", format_args!("{memory:>4} bytes at most"));
    Ok(())
}

// ANCHOR: serve
/// Reads messages until the client closes. An error ends this client's
/// visit and nobody else's.
fn serve(
    mut client: Socket,
    framing: impl Framing,
    memory: &mut usize,
) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut decoder = Decoder::new(framing);
    let mut piece = [0; PIECE];
    loop {
        let count = client.read(&mut piece)?;
        if count == 0 {
            return Ok(decoder.finish()?);
        }
        decoder.push(&piece[..count]);
        *memory = decoder.memory().max(*memory);
        while let Status::Complete(message) = decoder.message()? {
            tell("receiver", "message", quoted(message));
        }
    }
}
// ANCHOR_END: serve
