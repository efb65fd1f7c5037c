//! Every demo's output is what the book shows.

#[test]
fn four_models() {
    support::lesson!().shows_first("four-models", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
