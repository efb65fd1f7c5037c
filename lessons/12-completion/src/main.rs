//! Completion: io_uring.

fn main() {}
