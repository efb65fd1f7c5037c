//! What the demos in the lab print, as the book shows it.

use std::process::ExitCode;

fn main() -> ExitCode {
    support::wire!()
        .shows("resolve", &[])
        .records("resolve")
        .opens_in_tshark("resolve")
        .run()
}
