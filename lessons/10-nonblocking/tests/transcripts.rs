//! Every demo's output is what the book shows.

use support::transcript::SOME_OF;

#[test]
fn four_models() {
    support::lesson!().shows_first("four-models", &[]);
}

#[test]
fn four_models_as_data() {
    support::lesson!().records("four-models");
}

#[test]
fn would_block() {
    support::lesson!().shows("would-block", &[SOME_OF]);
}

#[test]
fn inherited() {
    support::lesson!().shows("inherited", &[]);
}

#[test]
fn connect() {
    support::lesson!().shows("connect", &[]);
}

#[test]
fn timeouts() {
    support::lesson!().shows("timeouts", &[SOME_OF]);
}

#[test]
fn deadline() {
    support::lesson!().shows("deadline", &[]);
}

#[test]
fn interrupted() {
    support::lesson!().shows("interrupted", &[]);
}

#[test]
fn backoff() {
    support::lesson!().shows("backoff", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
