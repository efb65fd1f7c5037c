//! What the demos in the lab print, as the book shows it, and what tshark
//! reads in their frames.

use std::process::ExitCode;

use support::transcript::{NEW_ONES, OLD_ONES};

fn main() -> ExitCode {
    support::wire!()
        .shows("restart", &[OLD_ONES, NEW_ONES])
        .shows("nagle", &[])
        .shows("buffers", &[])
        .shows("linger", &[])
        .shows("keepalive", &[])
        .shows("ports", &[])
        .opens_in_tshark("nagle")
        .opens_in_tshark("buffers")
        .opens_in_tshark("linger")
        .opens_in_tshark("keepalive")
        .run()
}
