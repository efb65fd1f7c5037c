//! What the demos on the wire print, as the book shows it, and what tshark
//! reads in their frames.

use std::process::ExitCode;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("announce", &[])
        .records("announce")
        .opens_in_tshark("announce")
        .run()
}
