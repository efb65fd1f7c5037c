//! Lesson tcp.

fn main() {}
