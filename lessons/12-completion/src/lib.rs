//! Completion: io_uring.
