//! Byte order: which byte of a number comes first.
