//! A FIN closes one direction. Data goes on in the other, and is
//! acknowledged by the side that has finished (RFC 9293, section 3.6.1).

use std::io;
use std::net::Shutdown;

use lab::Capture;
use lesson_tcp::recv;
use lesson_tcp::state::State::{CloseWait, Established, FinWait1, FinWait2};

use crate::conversation::Form;
use crate::conversation::Who::{Alice, Bob};
use crate::stage::{Scene, Stage};

const SCENE: Scene = Scene {
    demo: "wire-half-close",
    title: "Data after a FIN, from the other side",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/wire-half-close.snap"),
    json: "",
};

/// A question, a FIN, and then the answer.
pub fn run(capture: Capture) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, capture)? else { return Ok(()) };
    let listener = stage.listen()?;
    let (client, server) = stage.meet(&listener)?;
    stage.call(Alice, "connect", "done", "");
    stage.now(Established, Established)?;

    let sent = client.send(b"to be or not to be")?;
    stage.call(Alice, "send", format!("{sent} bytes"), "");
    client.shutdown(Shutdown::Write)?;
    stage.call(Alice, "shutdown", "Write: nothing more from me", "");
    stage.now(FinWait1, Established)?;
    for who in [Alice, Bob, Alice, Bob] {
        let in_hand = stage.next(who)?;
        stage.pass(in_hand, "")?;
    }
    stage.now(FinWait2, CloseWait)?;

    let mut buffer = [0; 64];
    let count = recv(&server, &mut buffer)?;
    stage.call(Bob, "recv", format!("{count} bytes"), "");
    let count = recv(&server, &mut buffer)?;
    stage.call(Bob, "recv", format!("{count} bytes: the end of her half"), "");
    let sent = server.send(b"6 words")?;
    stage.call(Bob, "send", format!("{sent} bytes: \"6 words\""), "");
    let answer = stage.next(Bob)?.noted("data, after her FIN");
    stage.pass(answer, "")?;
    let ack = stage.next(Alice)?.noted("and she acknowledges it");
    stage.pass(ack, "")?;
    stage.now(FinWait2, CloseWait)?;

    let count = recv(&client, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    stage.call(Alice, "recv", format!("{count} bytes: \"{text}\""), "");
    stage.end()
}
