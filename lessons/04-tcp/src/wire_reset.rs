//! A RST overtakes nothing: what arrived before it is still there, and on
//! Linux the program reads it first. Then comes ECONNRESET, once.
//!
//! RFC 9293, section 3.10.7.4, would let a system throw it away.

use std::io;

use lab::Capture;
use lesson_tcp::state::State::{Closed, Established};
use lesson_tcp::{arrived, recv};
use narrator::explain;
use socket2::Socket;

use crate::conversation::Form;
use crate::conversation::Who::{Alice, Bob};
use crate::stage::{Scene, Stage};

const SCENE: Scene = Scene {
    demo: "wire-reset",
    title: "Data, then RST: the data is read first",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/wire-reset.snap"),
    json: "",
};

/// A question, an answer, and a RST right behind it.
pub fn run(capture: Capture) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, capture)? else { return Ok(()) };
    let listener = stage.listen()?;
    let (client, server) = stage.meet(&listener)?;
    stage.call(Alice, "connect", "done", "");
    stage.now(Established, Established)?;

    let sent = client.send(b"a question")?;
    stage.call(Alice, "send", format!("{sent} bytes: \"a question\""), "");
    let question = stage.next(Alice)?;
    stage.pass(question, "")?;
    let ack = stage.next(Bob)?;
    stage.pass(ack, "")?;
    arrived(&server, sent)?;

    let sent = server.send(b"the answer")?;
    stage.call(Bob, "send", format!("{sent} bytes: \"the answer\""), "");
    drop(server);
    stage.call(Bob, "close", "the question still unread", "");

    let (answer, reset) = (stage.next(Bob)?, stage.next(Bob)?);
    stage.pass(answer, "")?;
    stage.pass(reset, "")?;
    stage.now(Closed, Closed)?;
    for _ in 0..3 {
        stage.call(Alice, "recv", received(&client), "");
    }
    stage.end()
}

fn received(socket: &Socket) -> String {
    let mut buffer = [0; 64];
    match recv(socket, &mut buffer) {
        Ok(0) => "0 bytes".into(),
        Ok(count) => {
            let text = buffer[..count].escape_ascii();
            format!("{count} bytes: \"{text}\"")
        }
        Err(error) => explain(&error),
    }
}
