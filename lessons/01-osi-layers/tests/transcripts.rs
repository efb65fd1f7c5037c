//! Every demo has a transcript. What they print is tested in wire.rs.

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
