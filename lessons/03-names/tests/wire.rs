//! What the demos in the lab print, as the book shows it.

use std::process::ExitCode;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("lookup", &[])
        .shows("resolve", &[])
        .shows("reverse", &[])
        .shows("localhost", &[])
        .shows("wildcard", &[])
        .records("resolve")
        .records("reverse")
        .opens_in_tshark("lookup")
        .opens_in_tshark("resolve")
        .opens_in_tshark("reverse")
        .run()
}
