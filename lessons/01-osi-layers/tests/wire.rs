//! What the demos print, as the book shows it: all of them need the lab.
//!
//! The captures of `checksum` and `lying` hold frames that are damaged on
//! purpose; those of the others have nothing for tshark to complain of.

use std::process::ExitCode;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("encapsulate", &[])
        .shows("models", &[])
        .shows("dissect", &[])
        .records("dissect")
        .shows("overhead", &[])
        .shows("checksum", &[])
        .shows("fragments", &[])
        .shows("lying", &[])
        .opens_in_tshark("encapsulate")
        .opens_in_tshark("models")
        .opens_in_tshark("dissect")
        .opens_in_tshark("overhead")
        .opens_in_tshark("fragments")
        .run()
}
