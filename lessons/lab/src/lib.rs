//! Hosts and a wire between them, without root.
