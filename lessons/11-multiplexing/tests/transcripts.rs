//! Every demo's output is what the book shows.

#[test]
fn level_edge() {
    support::lesson!().shows("level-edge", &[]);
}

#[test]
fn level_edge_as_data() {
    support::lesson!().records("level-edge");
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
