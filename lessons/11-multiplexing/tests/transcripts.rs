//! Every demo's output is what the book shows.

use support::transcript::{BYTES_EACH, MACHINE, NS, PART_OF, PORT};

#[test]
fn echo() {
    support::lesson!().shows_first("echo", &[PORT]);
}

#[test]
fn write_queue() {
    support::lesson!().shows("write-queue", &[PART_OF]);
}

#[test]
fn level_edge() {
    support::lesson!().shows("level-edge", &[]);
}

#[test]
fn level_edge_as_data() {
    support::lesson!().records("level-edge");
}

#[test]
fn events() {
    support::lesson!().shows("events", &[]);
}

#[test]
fn zero_bytes() {
    support::lesson!().shows("zero-bytes", &[]);
}

#[test]
fn busy_writer() {
    support::lesson!().shows("busy-writer", &[]);
}

#[test]
fn starvation() {
    support::lesson!().shows("starvation", &[]);
}

#[test]
fn timers() {
    support::lesson!().shows("timers", &[]);
}

#[test]
fn stale() {
    support::lesson!().shows("stale", &[]);
}

#[test]
fn duplicated() {
    support::lesson!().shows("duplicated", &[]);
}

#[test]
fn fd_setsize() {
    support::lesson!().shows("fd-setsize", &[]);
}

#[test]
fn herd() {
    support::lesson!().shows("herd", &[]);
}

#[test]
fn scaling() {
    support::lesson!().shows("scaling", &[]);
}

#[test]
fn scaling_as_data() {
    support::lesson!().records_measured("scaling", &[NS, MACHINE]);
}

#[test]
fn ten_thousand() {
    support::lesson!().shows("ten-thousand", &[BYTES_EACH]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
