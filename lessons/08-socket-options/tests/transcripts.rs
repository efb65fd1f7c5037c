//! Every demo's output is what the book shows.

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
