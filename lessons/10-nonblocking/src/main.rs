//! Waiting without blocking: non-blocking sockets and timeouts.

fn main() {}
