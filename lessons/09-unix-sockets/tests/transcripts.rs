//! Every demo's output is what the book shows.

use support::transcript::{FOLDER, PORT};

#[test]
fn pass_descriptor() {
    support::lesson!().shows("pass-descriptor", &[PORT, FOLDER]);
}

#[test]
fn pass_descriptor_as_data() {
    support::lesson!().records("pass-descriptor");
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
