//! Coroutines: many waits in one thread.

fn main() {}
