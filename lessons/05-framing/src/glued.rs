//! Three sends, one receive.
//!
//! The receiver believes that one recv is one message. It is late by a
//! moment, and gets three messages as one.

use narrator::Trouble;

use crate::stage::{Scene, Stage};

/// Sends three messages, then receives once.
pub fn run(json: bool) -> Result<(), Trouble> {
    let scene = Scene {
        demo: "glued",
        title: "Three sends, one receive",
        rule: "none: what one recv returns is taken for one message",
    };
    let mut stage = Stage::open(scene, json)?;
    for message in ["hello", "brave new", "world"] {
        stage.send(message.as_bytes(), message)?;
    }
    stage.wait_for_all()?;
    let bytes = stage.recv(1024)?;
    stage.takes(&bytes);
    stage.close()
}
