//! Lesson framing.
