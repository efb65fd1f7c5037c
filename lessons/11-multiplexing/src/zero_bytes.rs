//! The end of a connection is an event, too, and it stays one: a descriptor
//! at its end is readable for ever, and each `recv` gives 0 bytes: recv(2).
//!
//! A loop that takes no notice of it doesn't sleep again. It works on, and
//! nobody sees more of the mistake than a processor that is busy.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Interest, Mechanism};
use narrator::{line, say};

/// Wake-ups after which this program gives up. The mistake itself never does.
const ENOUGH: usize = 100_000;

/// A client that goes, told to a loop that ignores it, and to one that
/// doesn't.
pub fn run() -> io::Result<()> {
    for (place, with) in Mechanism::ALL.into_iter().enumerate() {
        if place > 0 {
            line("");
        }
        gone(with)?;
    }
    Ok(())
}

// ANCHOR: gone
fn gone(with: Mechanism) -> io::Result<()> {
    let (mut ours, client) = UnixStream::pair()?;
    let mut poller = with.poller()?;
    let mut events = Vec::new();
    poller.register(ours.as_fd(), Interest::READ)?;
    drop(client);
    say("client", "close", "it will send no more");

    let mut empty = 0;
    while empty < ENOUGH {
        poller.wait(None, &mut events)?;
        // The mistake: 0 is taken for "nothing has come", and the loop turns.
        if ours.read(&mut [0; 16])? == 0 {
            empty += 1;
        }
    }
    let name = with.to_string();
    let ready = events[0].ready;
    say(&name, "wait", format_args!("{ready}, {empty} times in a row"));

    poller.unregister(ours.as_fd())?;
    say(&name, "unregister", "as 0 bytes are the end; then close");
    drop(ours);
    poller.wait(Some(Duration::ZERO), &mut events)?;
    say(&name, "wait", format_args!("{} events", events.len()));
    Ok(())
}
// ANCHOR_END: gone
