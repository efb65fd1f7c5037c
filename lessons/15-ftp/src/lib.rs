//! FTP: files over two connections.
