//! One loop stalls all, and so does one call that blocks.
//!
//! ```text
//! thread   │ clock │ hog hog hog hog hog hog hog hog │ clock │
//! queue      hog     clock clock clock …: waits, but not for a socket
//! ```
//!
//! Nobody can take the thread from a coroutine: it goes on until it yields.
//! A clock counts its turns here. What it has counted while another one was
//! busy tells what the others have got.

use std::cell::Cell;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use lesson_coroutines::net::Source;
use lesson_coroutines::reactor::Direction;
use lesson_coroutines::scheduler::{run as run_all, spawn, yield_now};
use narrator::{explain, say};

use super::panicked;

/// How many rounds of its loop the busy one takes.
const ROUNDS: u32 = 1000;

/// Four coroutines, one after the other, each beside the clock.
pub fn run() -> io::Result<()> {
    run_all(|| {
        beside_a_clock("loop", |_| Ok(loops(false)))?;
        beside_a_clock("loop", |_| Ok(loops(true)))?;
        beside_a_clock("recv", blocks)?;
        beside_a_clock("recv", yields)
    })?
}

// ANCHOR: clock
/// Runs `busy`, and says how often the clock had a turn before it ended.
fn beside_a_clock(
    call: &str,
    busy: impl FnOnce(UnixStream) -> io::Result<String> + 'static,
) -> io::Result<()> {
    let turns = Rc::new(Cell::new(0));
    let ended = Rc::new(Cell::new(None));
    let (near, mut far) = UnixStream::pair()?;

    let (counted, end) = (turns.clone(), ended.clone());
    let busy = spawn(move || {
        let what = busy(near);
        end.set(Some(counted.get()));
        what
    })?;
    let stop = ended.clone();
    let clock = spawn(move || {
        while stop.get().is_none() {
            turns.set(turns.get() + 1);
            yield_now();
        }
    })?;
    // For the two that wait for a byte.
    let sender = spawn(move || far.write_all(b"x").map(|()| far))?;

    say("busy", call, busy.join().map_err(panicked)??);
    clock.join().map_err(panicked)?;
    drop(sender.join().map_err(panicked)?);
    let turns = ended.get().unwrap_or(0);
    say("clock", "tick", format_args!("{turns} turns meanwhile"));
    Ok(())
}
// ANCHOR_END: clock

// ANCHOR: busy
/// Computes, and never waits.
fn loops(politely: bool) -> String {
    let mut sum = 0u32;
    for round in 0..ROUNDS {
        sum = black_box(sum.wrapping_add(round));
        if politely {
            yield_now();
        }
    }
    let how = if politely { ", a yield in each" } else { "" };
    format!("{ROUNDS} rounds{how}")
}

/// A call of the standard library, which knows of no coroutines: it blocks
/// the thread. The byte that it waits for is another coroutine's to send.
fn blocks(mut near: UnixStream) -> io::Result<String> {
    // Or it would wait for ever.
    near.set_read_timeout(Some(Duration::from_millis(50)))?;
    loop {
        let what = match near.read(&mut [0; 1]) {
            Ok(bytes) => format!("{bytes} byte"),
            // EINTR: signal(7) says that a stop does it, too.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                continue;
            }
            Err(error) => explain(&error),
        };
        return Ok(format!("{what}, after 50 ms in the kernel"));
    }
}

/// The same call, but it yields where it would block.
fn yields(near: UnixStream) -> io::Result<String> {
    let near = Source::new(near)?;
    let recv = |mut near: &UnixStream| near.read(&mut [0; 1]);
    let bytes = near.call(Direction::Read, recv)?;
    Ok(format!("{bytes} byte, sent by another coroutine"))
}
// ANCHOR_END: busy
