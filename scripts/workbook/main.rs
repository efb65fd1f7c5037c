//! The reader's command.

fn main() {}
