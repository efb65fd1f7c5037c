//! Every demo's output is what the book shows.

use support::transcript::PORT;

#[test]
fn session() {
    support::lesson!().shows_first("session", &[PORT]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
