//! Values from one coroutine to another, and a bound on how many wait.
//!
//! ```text
//! maker   send ─→ │ 2 │ 1 │ ─→ recv   user
//!                 └───┴───┘ room for two
//! ```
//!
//! Who sends into a full channel is parked until there is room; who receives
//! from an empty one, until there is a value. So a fast maker doesn't fill
//! the memory: it is held up by its user.

use std::io;

use lesson_coroutines::channel::{Receiver, Sender, channel};
use lesson_coroutines::scheduler::{run as run_all, spawn};
use narrator::say;

use super::panicked;

/// A maker of five values, and a user who takes his time.
pub fn run() -> io::Result<()> {
    run_all(story)?
}

// ANCHOR: story
fn story() -> io::Result<()> {
    let (tell, told) = channel(2);
    let maker = spawn(move || make(&tell))?;
    let user = spawn(move || use_up(told))?;
    maker.join().map_err(panicked)?;
    user.join().map_err(panicked)?;

    let (tell, told) = channel(2);
    drop(told);
    if let Err(value) = tell.send(6) {
        say("maker", "send", format_args!("{value} comes back: no receiver"));
    }
    Ok(())
}

fn make(tell: &Sender<u32>) {
    for value in 1..=5 {
        if tell.send(value).is_err() {
            return;
        }
        say("maker", "send", value);
    }
    // The channel ends with its last sender.
    say("maker", "return", "no sender is left");
}

fn use_up(told: Receiver<u32>) {
    for value in told {
        say("user", "recv", value);
    }
    say("user", "recv", "nothing: the channel has ended");
}
// ANCHOR_END: story
