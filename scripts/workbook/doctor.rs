//! What this machine can do.

/// Examines the machine.
pub fn run() {}
