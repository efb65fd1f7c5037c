//! Every demo's output is what the book shows.

use support::transcript::PORT;

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
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
