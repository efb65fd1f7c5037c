//! Every demo's output is what the book shows.

use support::transcript::{CLIENT_PORT, PORT};

#[test]
fn echo() {
    support::lesson!().shows_first("echo", &[CLIENT_PORT, PORT]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
