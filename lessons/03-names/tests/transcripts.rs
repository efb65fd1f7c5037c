//! Demos that need no lab print what the book shows. The others are tested
//! in wire.rs.

#[test]
fn service() {
    support::lesson!().shows("service", &[]);
}

#[test]
fn inet() {
    support::lesson!().shows("inet", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
