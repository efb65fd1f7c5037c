//! Lesson framing.

fn main() {}
