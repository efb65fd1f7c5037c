//! An ACK on the wire comes from the peer's kernel. Its program may not have
//! accepted yet, and may never read (RFC 9293, section 3.8.6).
//!
//! What a stopped reader can't go on doing is take in more: its window
//! closes, and the sender's kernel asks from time to time whether it has
//! opened again (section 3.8.6.1).

use std::io;

use lab::Capture;
use lesson_tcp::recv;
use lesson_tcp::state::of;
use socket2::Socket;

use crate::conversation::Form;
use crate::conversation::Who::{Alice, Bob};
use crate::stage::{SERVER, Scene, Stage};

const SCENE: Scene = Scene {
    demo: "wire-delivered",
    title: "Acknowledged, and not read",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/wire-delivered.snap"),
    json: "",
};

/// Bob's receive buffer, in bytes. Linux doubles it, for its own notes:
/// socket(7), SO_RCVBUF.
const ROOM: usize = 4096;

/// Acknowledged by a kernel whose program does nothing at all.
pub fn run(capture: Capture) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, capture)? else { return Ok(()) };
    // A repetition in the story would be true, and beside the point.
    stage.alice.set("ipv4/tcp_early_retrans", "0")?;
    let listener = stage.listen()?;
    listener.set_recv_buffer_size(ROOM)?;
    let what = format!("{SERVER}, and nothing more");
    stage.call(Bob, "listen", what, "");

    let client = stage.reach()?;
    stage.call(Alice, "connect", "done", "");
    let sent = client.send(b"pay 100 euros")?;
    stage.call(Alice, "send", format!("{sent} bytes: \"pay 100 euros\""), "");
    let data = stage.next(Alice)?;
    stage.pass(data, "")?;
    let ack = stage.next(Bob)?;
    stage.pass(ack.noted("acknowledged"), "")?;
    unread(&stage)?;

    fill(&mut stage, &client)?;
    probe(&mut stage)?;
    read(&mut stage, &listener)?;
    stage.end()
}

/// Alice sends until bob's kernel has room for no more.
fn fill(stage: &mut Stage, client: &Socket) -> io::Result<()> {
    let sent = client.send(&[b'.'; 8000])?;
    stage.call(Alice, "send", format!("{sent} bytes"), "");
    loop {
        let data = stage.next(Alice)?;
        stage.pass(data, "")?;
        let ack = stage.next(Bob)?;
        let full = ack.segment.window == 0;
        let note = if full { "no room left: wait" } else { "acknowledged" };
        stage.pass(ack.noted(note), "")?;
        if full {
            return unread(stage);
        }
    }
}

/// Alice's kernel asks, by a segment that bob's must answer.
fn probe(stage: &mut Stage) -> io::Result<()> {
    let probe = stage.next(Alice)?;
    // It repeats a number that bob has acknowledged long ago.
    let note = format!("seq {}, a probe: room now?", probe.segment.seq);
    stage.pass(probe.noted(note), "")?;
    let answer = stage.next(Bob)?.noted("still none");
    stage.pass(answer, "")
}

/// Bob's program wakes up.
fn read(stage: &mut Stage, listener: &Socket) -> io::Result<()> {
    let (server, _) = listener.accept()?;
    stage.call(Bob, "accept", "at last", "");
    let count = recv(&server, &mut [0; 16_000])?;
    stage.call(Bob, "recv", format!("{count} bytes"), "");
    let update = stage.next(Bob)?.noted("room again");
    stage.pass(update, "")?;
    let data = stage.next(Alice)?.noted("and it goes on");
    stage.pass(data, "")
}

/// What bob's kernel has taken responsibility for.
fn unread(stage: &Stage) -> io::Result<()> {
    let end = stage.bob.enter(|| of(SERVER, stage.client()))?;
    let count = end.map_or(0, |entry| entry.unread);
    stage.kernel(Bob, &format!("{count} bytes acknowledged, not read"));
    Ok(())
}
