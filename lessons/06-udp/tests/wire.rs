//! What the demos on the wire print, as the book shows it.

use std::process::ExitCode;

fn main() -> ExitCode {
    support::wire!()
        .shows("loss", &[])
        .shows("reorder", &[])
        .shows("duplicate", &[])
        .records("loss")
        .records("reorder")
        .records("duplicate")
        .opens_in_tshark("loss")
        .opens_in_tshark("reorder")
        .opens_in_tshark("duplicate")
        .run()
}
