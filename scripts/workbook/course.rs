//! The course as it lies on disk: lessons, their exercises and transcripts.
