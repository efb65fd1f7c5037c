//! Broadcast: one datagram for every host.

fn main() {}
