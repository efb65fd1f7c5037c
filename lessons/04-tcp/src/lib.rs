//! Lesson tcp.
