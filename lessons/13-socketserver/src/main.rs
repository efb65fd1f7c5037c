//! Servers: sequential, threading, forking, pooled.

fn main() {}
