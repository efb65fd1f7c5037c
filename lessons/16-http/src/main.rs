//! HTTP: requests and responses.

fn main() {}
