//! Every demo's output is what the book shows.

use support::transcript::{CLIENT_PORT, PORT, SOME_OF};

#[test]
fn echo() {
    support::lesson!().shows_first("echo", &[CLIENT_PORT, PORT]);
}

#[test]
fn two_clients() {
    support::lesson!().shows("two-clients", &[CLIENT_PORT, PORT]);
}

#[test]
fn backlog() {
    support::lesson!().shows("backlog", &[]);
}

#[test]
fn delivered() {
    support::lesson!().shows("delivered", &[]);
}

#[test]
fn short_write() {
    support::lesson!().shows("short-write", &[SOME_OF]);
}

#[test]
fn short_read() {
    support::lesson!().shows("short-read", &[]);
}

#[test]
fn zero_bytes() {
    support::lesson!().shows("zero-bytes", &[]);
}

#[test]
fn half_close() {
    support::lesson!().shows("half-close", &[PORT]);
}

#[test]
fn time_wait() {
    support::lesson!().shows("time-wait", &[]);
}

#[test]
fn reset() {
    support::lesson!().shows("reset", &[SOME_OF]);
}

#[test]
fn broken_pipe() {
    support::lesson!().shows("broken-pipe", &[]);
}

#[test]
fn refused() {
    support::lesson!().shows("refused", &[PORT]);
}

#[test]
fn stop() {
    support::lesson!().shows("stop", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
