//! A mark after each message: the newline.
//!
//! ```text
//! h e l l o \n b r a v e   n e w \n w o r l d \n
//! ```
//!
//! Three sends arrive in pieces of 8 bytes, cut where no message ends. The
//! receiver keeps what isn't a whole line until the rest has come.

use lesson_framing::{Delimiter, Framing};
use narrator::Trouble;

use crate::framed;
use crate::stage::{Scene, Stage};

/// Sends three lines, and receives 8 bytes at a time. Then tries to send a
/// message that holds a newline.
pub fn run(json: bool) -> Result<(), Trouble> {
    let scene = Scene {
        demo: "delimiter",
        title: "A delimiter after each message",
        rule: "a message ends at a newline, which no message may hold",
    };
    let mut stage = Stage::open(scene, json)?;
    let framing = Delimiter::newline(1024);
    framed::send(&mut stage, &framing)?;
    framed::receive(&mut stage, framing.clone())?;
    if let Err(error) = framing.encode(b"brave\nnew", &mut Vec::new()) {
        stage.say("sender", "encode", format!("\"brave\\nnew\": {error}"));
    }
    stage.close()
}
