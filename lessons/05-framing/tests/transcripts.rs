//! What the demos print, as the book shows it.

use support::transcript::RECVS;

#[test]
fn glued() {
    support::lesson!().shows_first("glued", &[]);
    support::lesson!().records("glued");
}

#[test]
fn split() {
    support::lesson!().shows("split", &[RECVS]);
    support::lesson!().records("split");
}

#[test]
fn delimiter() {
    support::lesson!().shows("delimiter", &[]);
    support::lesson!().records("delimiter");
}

#[test]
fn length_prefix() {
    support::lesson!().shows("length-prefix", &[]);
    support::lesson!().records("length-prefix");
}

#[test]
fn delay() {
    support::lesson!().shows("delay", &[]);
    support::lesson!().records("delay");
}

#[test]
fn hostile() {
    support::lesson!().shows("hostile", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
