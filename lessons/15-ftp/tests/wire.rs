//! What the demo with a disk of its own prints, as the book shows it; and
//! what it says on machines that forbid one.

use std::process::ExitCode;

fn main() -> ExitCode {
    support::wire!().shows("full-disk", &[]).run()
}
