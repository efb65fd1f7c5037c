//! Every demo's output is what the book shows.

use support::transcript::{CLIENT_PORT, FEW, MOST, PORT};

#[test]
fn echo() {
    support::lesson!().shows_first("echo", &[CLIENT_PORT, PORT]);
}

#[test]
fn boundaries() {
    support::lesson!().shows("boundaries", &[]);
}

#[test]
fn truncate() {
    support::lesson!().shows("truncate", &[]);
}

#[test]
fn empty() {
    support::lesson!().shows("empty", &[]);
}

#[test]
fn full_buffer() {
    support::lesson!().shows("full-buffer", &[MOST, FEW]);
}

#[test]
fn dns_lies() {
    support::lesson!().shows("dns-lies", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
