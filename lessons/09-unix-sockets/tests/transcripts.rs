//! Every demo's output is what the book shows.

use support::transcript::{CHOSEN, FOLDER, NAME, PID, PORT, QUEUED, UID};

#[test]
fn echo() {
    support::lesson!().shows_first("echo", &[FOLDER]);
}

#[test]
fn stale() {
    support::lesson!().shows("stale", &[]);
}

#[test]
fn race() {
    support::lesson!().shows("race", &[]);
}

#[test]
fn pair() {
    support::lesson!().shows("pair", &[]);
}

#[test]
fn credentials() {
    support::lesson!().shows("credentials", &[PID, UID]);
}

#[test]
fn pass_descriptor() {
    support::lesson!().shows("pass-descriptor", &[PORT, FOLDER]);
}

#[test]
fn pass_descriptor_as_data() {
    support::lesson!().records("pass-descriptor");
}

#[test]
fn too_many() {
    support::lesson!().shows("too-many", &[]);
}

#[test]
fn abstract_name() {
    support::lesson!().shows("abstract", &[FOLDER, NAME, CHOSEN]);
}

#[test]
fn datagram() {
    support::lesson!().shows("datagram", &[FOLDER, QUEUED]);
}

#[test]
fn permissions() {
    support::lesson!().shows("permissions", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
