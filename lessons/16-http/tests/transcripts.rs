//! Every demo's output is what the book shows.

use support::transcript::{FOLDER, PORT, SOME_OF};

#[test]
fn exchange() {
    support::lesson!().shows_first("exchange", &[PORT]);
}

#[test]
fn exchange_as_data() {
    support::lesson!().records("exchange");
}

#[test]
fn chunked() {
    support::lesson!().shows("chunked", &[PORT]);
}

#[test]
fn smuggling() {
    support::lesson!().shows("smuggling", &[]);
}

#[test]
fn unread_body() {
    support::lesson!().shows("unread-body", &[PORT]);
}

#[test]
fn no_body() {
    support::lesson!().shows("no-body", &[PORT]);
}

#[test]
fn keep_alive() {
    support::lesson!().shows("keep-alive", &[]);
}

#[test]
fn methods() {
    support::lesson!().shows("methods", &[PORT]);
}

#[test]
fn lingering_close() {
    support::lesson!().shows("lingering-close", &[SOME_OF]);
}

#[test]
fn escape() {
    support::lesson!().shows("escape", &[FOLDER]);
}

#[test]
fn slow_client() {
    support::lesson!().shows("slow-client", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
