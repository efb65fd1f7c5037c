//! Give many coroutines turns, and take nobody's turn for too long.
//!
//! A scheduler is a queue of those that can go on. Whoever is in front runs
//! until it yields or ends, and whoever yields goes to the end. That is all,
//! and it is fair as long as everybody yields: nobody takes the thread away
//! from a loop. Write the queue, and a loop that behaves.
//!
//! - `spawn` puts a coroutine at the end of the queue. It doesn't run yet.
//! - `run` gives turns until nobody is left. One that has ended leaves.
//! - A coroutine may spawn others while it runs. They come after all that
//!   wait, and before the one that has spawned them, should it yield.
//! - A panic ends one coroutine, not the others and not `run`, which says
//!   how many have panicked.
//! - What is dropped without having run releases what it holds.
//! - `sum` adds many numbers. It yields after every [`STEP`] of them, and not
//!   more often.
//!
//! The calls: `Coroutine::new(|yielder, ()| …)`, `yielder.suspend(())`, and
//! `try_resume(())`, which gives `Ok(State::Yielded(()))`,
//! `Ok(State::Complete(()))`, or what it has panicked with.
//!
//! Check it: `cargo workbook check round_robin`
//!
//! Read chapter 14, "The scheduler" and "One loop stalls all".

use std::io;

use lesson_coroutines::coroutine::{Coroutine, State, Yielder};

/// After so many numbers a sum yields.
pub const STEP: usize = 100;

/// Coroutines that take turns.
pub struct RoundRobin {
    // Your fields.
}

/// What a coroutine is given, to let others run.
pub struct Turn<'a> {
    yielder: &'a Yielder<(), ()>,
    // Your fields: `spawn` needs the queue.
}

impl RoundRobin {
    /// Nobody is there yet.
    pub fn new() -> Self {
        todo!("an empty queue, which coroutines can reach, too")
    }

    /// Puts a coroutine at the end of the queue.
    pub fn spawn(
        &self,
        work: impl FnOnce(&Turn<'_>) + 'static,
    ) -> io::Result<()> {
        todo!("it is given a Turn when it runs")
    }

    /// Gives turns until nobody is left. How many have panicked.
    pub fn run(&self) -> usize {
        todo!("take the first; does it come back?")
    }
}

impl Turn<'_> {
    /// Lets all others run.
    pub fn yield_now(&self) {
        self.yielder.suspend(());
    }

    /// Puts another coroutine at the end of the queue.
    pub fn spawn(
        &self,
        work: impl FnOnce(&Turn<'_>) + 'static,
    ) -> io::Result<()> {
        todo!("the same queue")
    }
}

/// The sum of many numbers, with a turn for the others now and then.
pub fn sum(turn: &Turn<'_>, numbers: &[u64]) -> u64 {
    todo!("who adds, and never yields, stalls all")
}
