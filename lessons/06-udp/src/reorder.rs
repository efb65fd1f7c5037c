//! A datagram overtakes another. Each finds its own way, and nothing in
//! UDP's header says which was first: RFC 768.

use std::io;

use lab::{Plan, Record};

use crate::faulty::{Scene, payload};

const SCENE: Scene = Scene {
    demo: "reorder",
    title: "A datagram overtakes another",
    plan: || Plan::new().reorder(1, payload("2")).called("datagram 2"),
    frames: 5,
    why: |payload| match payload {
        "2" => {
            "Something on the way held it up until the next had passed. \
             Bob gets it third."
        }
        "3" => "It arrived before the one that was sent before it.",
        _ => "It arrived where it belongs.",
    },
    text: include_str!("../tests/snapshots/reorder.snap"),
    json: include_str!("../tests/snapshots/reorder.json.snap"),
};

/// The second of five arrives third.
pub fn run(record: Record) -> io::Result<()> {
    SCENE.run(record)
}
