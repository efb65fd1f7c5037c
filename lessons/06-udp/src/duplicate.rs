//! A datagram arrives twice, and Bob's kernel passes both on: UDP keeps no
//! note of what has come, RFC 8085, section 3.3.

use std::io;

use lab::{Plan, Record};

use crate::faulty::{Scene, payload};

const SCENE: Scene = Scene {
    demo: "duplicate",
    title: "A datagram arrives twice",
    plan: || Plan::new().duplicate(1, payload("4")).called("datagram 4"),
    frames: 6,
    why: |payload| match payload {
        "4" => {
            "The wire delivered it twice. To Bob's kernel these are two \
             datagrams, and Bob gets both."
        }
        _ => "It arrived once. Nothing guaranteed that either.",
    },
    text: include_str!("../tests/snapshots/duplicate.snap"),
    json: include_str!("../tests/snapshots/duplicate.json.snap"),
};

/// The fourth of five arrives twice.
pub fn run(record: Record) -> io::Result<()> {
    SCENE.run(record)
}
