//! Waiting for others: for their results, for a panic, for nobody.
//!
//! `join` parks the coroutine that calls it until the other one has ended.
//! What that returned is the result, and a panic is an error, as it is with
//! a thread. Two that wait for each other wait for ever; the scheduler sees
//! it, for nobody is left who could wake them.

use std::io;

use lesson_coroutines::channel::channel;
use lesson_coroutines::scheduler::{run as run_all, spawn, yield_now};
use narrator::say;

use super::{panicked, tell_panics, words};

/// Three results, then two that wait for each other.
pub fn run() -> io::Result<()> {
    tell_panics();
    run_all(three)??;
    match run_all(each_other) {
        Err(error) if error.kind() == io::ErrorKind::Deadlock => {
            say("main", "run", format_args!("Deadlock: {error}"));
            Ok(())
        }
        result => result?,
    }
}

// ANCHOR: three
fn three() -> io::Result<()> {
    let mut all = Vec::new();
    for (name, turns) in [("a", 4), ("b", 2), ("c", 3)] {
        let work = move || {
            for _ in 0..turns {
                yield_now();
            }
            if name == "b" {
                panic!("b has no answer");
            }
            say(name, "return", turns);
            turns
        };
        all.push((name, spawn(work)?));
        say("main", "spawn", format_args!("{name}, for {turns} turns"));
    }
    // In the order of the list, whoever ends first.
    for (name, one) in all {
        match one.join() {
            Ok(turns) => say("main", "join", format_args!("{name}: {turns}")),
            Err(panic) => {
                let words = words(&*panic);
                say("main", "join", format_args!("{name} panicked: {words}"));
            }
        }
    }
    Ok(())
}
// ANCHOR_END: three

/// One waits for the other's end, and that one for a value of the first.
fn each_other() -> io::Result<()> {
    let (tell, told) = channel::<u32>(1);
    let other = spawn(move || {
        say("other", "recv", "waits for a value");
        told.recv()
    })?;
    say("main", "join", "waits for the end of other");
    let value = other.join().map_err(panicked)?;
    // Too late: the value should have been sent before.
    drop(tell);
    value.map(drop).ok_or(io::ErrorKind::UnexpectedEof.into())
}
