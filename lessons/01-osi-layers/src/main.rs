//! Layers: a header around a header around the data.

fn main() {}
