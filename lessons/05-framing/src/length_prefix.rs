//! A length before each message: four bytes, big-endian.
//!
//! ```text
//! 00 00 00 05 h e l l o 00 00 00 09 b r a v e   n e w 00 00 00 05 …
//! ```
//!
//! The pieces of 8 bytes cut messages, and lengths too: the third ends
//! between the second and the third byte of one.

use lesson_framing::LengthPrefix;
use narrator::Trouble;

use crate::framed;
use crate::stage::{Scene, Stage};

/// Sends three messages with their lengths, and receives 8 bytes at a time.
pub fn run(json: bool) -> Result<(), Trouble> {
    let scene = Scene {
        demo: "length-prefix",
        title: "A length before each message",
        rule: "4 bytes of length, big-endian, then the message",
    };
    let mut stage = Stage::open(scene, json)?;
    let framing = LengthPrefix::new(1024);
    framed::send(&mut stage, &framing)?;
    framed::receive(&mut stage, framing)?;
    stage.close()
}
