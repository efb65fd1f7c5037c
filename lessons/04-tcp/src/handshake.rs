//! Three segments make a connection: RFC 9293, section 3.5.
//!
//! Each side tells the other from which number it counts its bytes, and has
//! that acknowledged. The states are those that the two kernels report while
//! the next segment is still in the demo's hand.

use std::io;

use lab::Record;
use lesson_tcp::state::State::{
    Closed, Established, Listen, SynReceived, SynSent,
};

use crate::conversation::Form;
use crate::conversation::Who::{Alice, Bob};
use crate::stage::{SERVER, Scene, Stage};

const SCENE: Scene = Scene {
    demo: "handshake",
    title: "Three segments make a connection",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/handshake.snap"),
    json: include_str!("../tests/snapshots/handshake.json.snap"),
};

// ANCHOR: story
/// SYN, SYN ACK, ACK, and an `accept` that comes after all of them.
pub fn run(record: Record) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, record)? else { return Ok(()) };

    let listener = stage.listen()?;
    let what = format!("{SERVER}, and no accept yet");
    stage.call(Bob, "listen", what, "Bob's kernel will answer by itself.");
    stage.now(Closed, Listen)?;

    let _client = stage.connect()?;
    let why = "Alice's kernel sends a SYN, and connect waits.";
    stage.call(Alice, "connect", SERVER.to_string(), why);
    stage.now(SynSent, Listen)?;

    let syn = stage.next(Alice)?;
    stage.pass(
        syn,
        "SYN: I count my bytes from here, and this is what I can.",
    )?;
    stage.now(SynSent, SynReceived)?;

    let answer = stage.next(Bob)?;
    let why = "SYN ACK: I have your number, and this is mine.";
    stage.pass(answer, why)?;
    // For alice the connection is complete: her connect has returned.
    stage.now(Established, SynReceived)?;

    let last = stage.next(Alice)?;
    stage.pass(last, "ACK: I have yours. Both know that both can hear.")?;
    stage.now(Established, Established)?;

    let (_server, from) = listener.accept()?;
    let from = from.as_socket().ok_or(io::ErrorKind::Unsupported)?;
    let why = "Accept only fetches what the kernel has finished.";
    stage.call(Bob, "accept", format!("client at {from}"), why);
    stage.end()
}
// ANCHOR_END: story
