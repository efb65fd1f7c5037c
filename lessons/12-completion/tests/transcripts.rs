//! Every demo's output is what the book shows, and what is replayed where
//! io_uring is forbidden.

use std::process::ExitCode;

use support::ring::{RING, forbid_if_asked};
use support::transcript::PORT;
use support::trials::{Trials, nothing};

fn main() -> ExitCode {
    forbid_if_asked();
    Trials::new(support::lesson!())
        .shows_first(&RING, "echo", &[PORT])
        .shows(&RING, "timeline", &[])
        .claim("timeline_json", RING.missing, |lesson| {
            lesson.records("timeline");
        })
        .replays(&RING, "timeline.json", vec!["timeline", "--json"])
        .shows(&RING, "cancel", &[])
        .shows(&RING, "reused", &[])
        .shows(&RING, "batch", &[])
        .shows(&RING, "linked", &[])
        .claim("every_demo_has_a_transcript", nothing, |lesson| {
            lesson.has_a_transcript_of_every_demo();
        })
        .run()
}
