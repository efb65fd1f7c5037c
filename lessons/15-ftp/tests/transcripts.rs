//! Demos that need no disk of their own print what the book shows. The other
//! is tested in wire.rs.

use support::transcript::{EPSV_PORT, PASV_PORT, PORT};

#[test]
fn session() {
    support::lesson!().shows_first("session", &[PORT]);
}

#[test]
fn interrupted_upload() {
    support::lesson!().shows("interrupted-upload", &[]);
}

#[test]
fn same_name() {
    support::lesson!().shows("same-name", &[]);
}

#[test]
fn escape() {
    support::lesson!().shows("escape", &[]);
}

#[test]
fn two_connections() {
    let filters = [PORT, EPSV_PORT, PASV_PORT];
    support::lesson!().shows("two-connections", &filters);
}

#[test]
fn two_connections_as_data() {
    support::lesson!().records("two-connections");
}

#[test]
fn resume() {
    support::lesson!().shows("resume", &[]);
}

#[test]
fn every_demo_has_a_transcript() {
    support::lesson!().has_a_transcript_of_every_demo();
}
