//! A datagram is lost, and nobody repeats it. Nobody even knows: RFC 768
//! promises no delivery, and `sendto` has long returned.

use std::io;

use lab::{Plan, Record};

use crate::faulty::{Scene, payload};

const SCENE: Scene = Scene {
    demo: "loss",
    title: "A datagram is lost",
    plan: || Plan::new().drop(1, payload("3")).called("datagram 3"),
    frames: 5,
    why: |payload| match payload {
        "3" => {
            "The wire lost it. Alice's sendto had succeeded, and nobody \
             sends it again."
        }
        _ => "It arrived. It didn't wait for the one that was lost.",
    },
    text: include_str!("../tests/snapshots/loss.snap"),
    json: include_str!("../tests/snapshots/loss.json.snap"),
};

/// The third of five never arrives.
pub fn run(record: Record) -> io::Result<()> {
    SCENE.run(record)
}
