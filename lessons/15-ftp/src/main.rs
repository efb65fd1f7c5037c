//! FTP: files over two connections.

fn main() {}
