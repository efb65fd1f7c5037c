//! Names and addresses, and who translates them.

fn main() {}
