//! Every demo's output is what the book shows.

use std::process::Command;

use support::transcript::{BUFFERS, CLIENT_PORT, PORT};

#[test]
fn table() {
    support::lesson!().shows_first("table", &[BUFFERS]);
}

#[test]
fn refused() {
    support::lesson!().shows("refused", &[]);
}

#[test]
fn names() {
    support::lesson!().shows("names", &[CLIENT_PORT, PORT]);
}

#[test]
fn descriptors() {
    support::lesson!().shows("descriptors", &[]);
}

#[test]
fn across_exec() {
    support::lesson!().shows("across-exec", &[]);
}

/// Some terminals and CI runners leave their own descriptors open.
#[test]
fn descriptors_that_somebody_left_open_change_nothing() {
    let lesson = support::lesson!();
    let littered = |program: &str| {
        let mut shell = Command::new("sh");
        let script = "exec \"$0\" \"$@\" 3</dev/null 5</dev/null 9</dev/null";
        shell.args(["-c", script, program]);
        shell
    };
    for demo in ["descriptors", "across-exec"] {
        let (told, _) = lesson.run_by(littered, &[demo]);
        let clean = lesson.run(&[demo]);

        assert_eq!(told, clean);
        assert!(told.lines().next().unwrap().contains('3'), "{told}");
    }
}

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
