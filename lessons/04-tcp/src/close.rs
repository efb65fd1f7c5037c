//! Each side closes its own direction with a FIN, and the other side
//! acknowledges it: RFC 9293, section 3.6.
//!
//! Three connections end here: in four segments, in three, and from both
//! sides at once.

use std::io;

use lab::Record;
use lesson_tcp::recv;
use lesson_tcp::state::State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck,
    TimeWait,
};
use socket2::Socket;

use crate::conversation::Who::{Alice, Bob};
use crate::conversation::{Form, Segment, States};
use crate::in_hand::InHand;
use crate::stage::{Scene, Stage};

const SCENE: Scene = Scene {
    demo: "close",
    title: "Each side closes its own direction",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/close.snap"),
    json: include_str!("../tests/snapshots/close.json.snap"),
};

/// The close in four segments, in three, and at the same time.
pub fn run(record: Record) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, record)? else { return Ok(()) };
    let listener = stage.listen()?;

    in_four(&mut stage, &listener)?;
    stage.turn("close in three", "Three segments, if the second is quick");
    in_three(&mut stage, &listener)?;
    stage.turn("close at once", "Both close at the same time");
    at_once(&mut stage, &listener)?;
    stage.end()
}

/// Bob's kernel acknowledges at once; bob's program closes later.
fn in_four(stage: &mut Stage, listener: &Socket) -> io::Result<()> {
    let (client, server) = connected(stage, listener, "bob will be slow")?;

    drop(client);
    let why = "Alice has nothing more to send: a FIN goes out.";
    stage.call(Alice, "close", "first", why);
    stage.now(FinWait1, Established)?;

    let fin = stage.next(Alice)?;
    stage.pass(fin, "FIN: that was my last byte. It uses up one number.")?;
    stage.now(FinWait1, CloseWait)?;

    let ack = stage.next(Bob)?;
    stage.pass(ack, "Bob's kernel acknowledges the FIN without asking him.")?;
    // Half closed: bob may send for as long as he likes.
    stage.now(FinWait2, CloseWait)?;

    let count = recv(&server, &mut [0; 16])?;
    let why = "Bob's program reads the end, and may still send.";
    stage.call(Bob, "recv", format!("{count} bytes: the end"), why);
    drop(server);
    let why = "Now Bob's direction is closed too: his FIN goes out.";
    stage.call(Bob, "close", "second", why);
    stage.now(FinWait2, LastAck)?;

    let fin = stage.next(Bob)?;
    stage.pass(fin, "FIN: that was my last byte too.")?;
    stage.now(TimeWait, LastAck)?;

    let ack = stage.next(Alice)?;
    let why = "Bob's end is gone. Alice, who closed first, has to remember.";
    stage.pass(ack, why)?;
    stage.now(TimeWait, Closed)
}

/// Bob closes before his kernel has acknowledged, and one segment does both.
fn in_three(stage: &mut Stage, listener: &Socket) -> io::Result<()> {
    let Quick { open, half, fin, both } = until_quick(stage, listener)?;

    tell_connected(stage, "bob will be quick", open);
    stage.call(Alice, "close", "first", "Alice's FIN goes out, as before.");
    stage.tell_states(half);
    stage.tell(fin, "Bob's kernel waits a moment before it acknowledges.");
    let why = "Bob's program was waiting for this.";
    stage.call(Bob, "recv", "0 bytes: the end", why);
    let why = "It closes at once, before the acknowledgement has gone out.";
    stage.call(Bob, "close", "second, at once", why);
    stage.now(FinWait1, LastAck)?;

    stage.pass(both, "One segment is Bob's FIN and the ACK of Alice's.")?;
    stage.now(TimeWait, LastAck)?;
    let ack = stage.next(Alice)?;
    stage.pass(ack, "Three segments in all.")?;
    stage.now(TimeWait, Closed)
}

/// How far a connection came in which bob was quick.
struct Quick {
    /// The states while it was open, and after alice's close.
    open: States,
    half: States,
    /// Alice's FIN, which has arrived.
    fin: Segment,
    /// Bob's answer, still on the wire.
    both: InHand,
}

// ANCHOR: quick
/// Bob's program has 40 ms to close. On a busy machine it may be too late,
/// and the ACK goes alone, as in four segments. Then the next one may do.
fn until_quick(stage: &mut Stage, listener: &Socket) -> io::Result<Quick> {
    for _ in 0..20 {
        let (client, server) = stage.meet(listener)?;
        let open = stage.ask(Established, Established)?;
        // Linux acknowledges the first segments of a connection at once, and
        // from now on waits for something to send along, tcp(7).
        server.set_tcp_quickack(false)?;
        drop(client);
        let half = stage.ask(FinWait1, Established)?;

        let fin = stage.next(Alice)?;
        let fin = stage.pass_untold(fin)?;
        while recv(&server, &mut [0; 16])? > 0 {}
        drop(server);
        let both = stage.next(Bob)?;
        if both.segment.flags.contains(&"FIN") {
            return Ok(Quick { open, half, fin, both });
        }
        stage.take_next_port();
    }
    Err(io::Error::other("too busy: bob never closed within 40 ms"))
}
// ANCHOR_END: quick

/// Both close before either has heard of the other's close.
fn at_once(stage: &mut Stage, listener: &Socket) -> io::Result<()> {
    let (client, server) = connected(stage, listener, "both will close")?;

    drop(client);
    stage.call(Alice, "close", "", "Alice closes, and her FIN goes out.");
    drop(server);
    let why = "Bob closes before that FIN has reached him.";
    stage.call(Bob, "close", "at the same time", why);
    stage.now(FinWait1, FinWait1)?;

    let (hers, his) = (stage.next(Alice)?, stage.next(Bob)?);
    stage.pass(hers, "A FIN where an ACK was expected: Bob is in CLOSING.")?;
    stage.now(FinWait1, Closing)?;
    stage.pass(his, "The FINs have crossed: both are in CLOSING.")?;
    stage.now(Closing, Closing)?;

    let (hers, his) = (stage.next(Alice)?, stage.next(Bob)?);
    stage.pass(hers, "Bob's FIN is acknowledged.")?;
    stage.now(Closing, TimeWait)?;
    stage.pass(his, "And Alice's. Nobody was first, so both remember.")?;
    stage.now(TimeWait, TimeWait)
}

/// A connection whose handshake isn't told.
fn connected(
    stage: &mut Stage,
    listener: &Socket,
    what: &str,
) -> io::Result<(Socket, Socket)> {
    let pair = stage.meet(listener)?;
    let states = stage.ask(Established, Established)?;
    tell_connected(stage, what, states);
    Ok(pair)
}

fn tell_connected(stage: &mut Stage, what: &str, states: States) {
    let why = "A connection of its own, after the usual handshake.";
    stage.call(Alice, "connect", format!("done; {what}"), why);
    stage.tell_states(states);
}
