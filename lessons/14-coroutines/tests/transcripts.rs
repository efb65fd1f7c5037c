//! Every demo's output is what the book shows.

use support::transcript::{EACH, LEFT, NANOSECONDS, PORT, TAKEN};

#[test]
fn switch() {
    support::lesson!().shows_first("switch", &[LEFT]);
}

#[test]
fn switch_as_data() {
    support::lesson!().records("switch");
}

#[test]
fn echo() {
    support::lesson!().shows("echo", &[PORT]);
}

#[test]
fn busy() {
    support::lesson!().shows("busy", &[]);
}

#[test]
fn join() {
    support::lesson!().shows("join", &[]);
}

#[test]
fn channel() {
    support::lesson!().shows("channel", &[]);
}

#[test]
fn trouble() {
    support::lesson!().shows("trouble", &[]);
}

#[test]
fn overflow() {
    support::lesson!().shows("overflow", &[]);
}

#[test]
fn crowd() {
    support::lesson!().shows("crowd", &[EACH]);
}

#[test]
fn processes() {
    support::lesson!().shows("processes", &[PORT]);
}

#[test]
fn by_await() {
    support::lesson!().shows("async", &[TAKEN]);
}

#[test]
fn cost() {
    support::lesson!().shows("cost", &[NANOSECONDS]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
