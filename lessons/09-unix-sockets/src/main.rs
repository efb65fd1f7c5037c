//! Unix sockets: two processes on one machine.

fn main() {}
