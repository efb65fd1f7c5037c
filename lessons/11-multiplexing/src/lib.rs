//! Multiplexing: one thread, many sockets.
