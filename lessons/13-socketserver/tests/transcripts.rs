//! Every demo's output is what the book shows.

#[test]
fn compare() {
    support::lesson!().shows_first("compare", &[]);
}

#[test]
fn compare_as_data() {
    support::lesson!().records("compare");
}

#[test]
fn classes() {
    support::lesson!().shows("classes", &[]);
}

#[test]
fn zombies() {
    support::lesson!().shows("zombies", &[]);
}

#[test]
fn out_of_descriptors() {
    support::lesson!().shows("out-of-descriptors", &[]);
}

#[test]
fn reset() {
    support::lesson!().shows("reset", &[]);
}

#[test]
fn wake() {
    support::lesson!().shows("wake", &[]);
}

#[test]
fn stop() {
    support::lesson!().shows("stop", &[]);
}

#[test]
fn panic() {
    support::lesson!().shows("panic", &[]);
}

#[test]
fn never_returns() {
    support::lesson!().shows("never-returns", &[]);
}

#[test]
fn limits() {
    support::lesson!().shows("limits", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
