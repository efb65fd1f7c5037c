//! Every demo's output is what the book shows.

use support::transcript::{BUFFERS, CLIENT_PORT, PORT};

#[test]
fn table() {
    support::lesson!().shows_first("table", &[BUFFERS]);
}

#[test]
fn refused() {
    support::lesson!().shows("refused", &[]);
}

#[test]
fn names() {
    support::lesson!().shows("names", &[CLIENT_PORT, PORT]);
}

#[test]
fn descriptors() {
    support::lesson!().shows("descriptors", &[]);
}

#[test]
fn across_exec() {
    support::lesson!().shows("across-exec", &[]);
}

#[test]
fn reuse() {
    support::lesson!().shows("reuse", &[]);
}

#[test]
fn reuse_json() {
    support::lesson!().records("reuse");
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
