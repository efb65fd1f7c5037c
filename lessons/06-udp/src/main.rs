//! UDP: datagrams, each by itself.

fn main() {}
