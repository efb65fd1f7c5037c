//! What the demos print, as the book shows it. The transcripts are those of
//! a little-endian machine; a big-endian one tells of itself otherwise.
#![cfg(target_endian = "little")]

#[test]
fn memory() {
    support::lesson!().shows_first("memory", &[]);
    support::lesson!().records("memory");
}

#[test]
fn forgot() {
    support::lesson!().shows("forgot", &[]);
}

#[test]
fn header() {
    support::lesson!().shows("header", &[]);
}

#[test]
fn bits() {
    support::lesson!().shows("bits", &[]);
}

#[test]
fn detect() {
    support::lesson!().shows("detect", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
