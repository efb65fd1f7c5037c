//! Multiplexing: one thread, many sockets.

fn main() {}
