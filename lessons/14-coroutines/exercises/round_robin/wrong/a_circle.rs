//! Rejected by: what_never_ran_is_released
//!
//! The coroutine keeps the queue, which keeps the coroutine.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use lesson_coroutines::coroutine::{Coroutine, State, Yielder};

/// After so many numbers a sum yields.
pub const STEP: usize = 100;

/// Those that can go on, in order.
type Queue = RefCell<VecDeque<Coroutine<(), (), ()>>>;

/// Coroutines that take turns.
pub struct RoundRobin {
    queue: Rc<Queue>,
}

/// What a coroutine is given, to let others run.
pub struct Turn<'a> {
    yielder: &'a Yielder<(), ()>,
    queue: Rc<Queue>,
}

impl RoundRobin {
    /// Nobody is there yet.
    pub fn new() -> Self {
        RoundRobin { queue: Rc::default() }
    }

    /// Puts a coroutine at the end of the queue.
    pub fn spawn(
        &self,
        work: impl FnOnce(&Turn<'_>) + 'static,
    ) -> io::Result<()> {
        add(&self.queue, work)
    }

    /// Gives turns until nobody is left. How many have panicked.
    pub fn run(&self) -> usize {
        let mut panics = 0;
        loop {
            // Not borrowed while it runs: it may spawn others.
            let first = self.queue.borrow_mut().pop_front();
            let Some(mut first) = first else { return panics };
            match first.try_resume(()) {
                Ok(State::Yielded(())) => {
                    self.queue.borrow_mut().push_back(first);
                }
                Ok(State::Complete(())) => {}
                Err(_) => panics += 1,
            }
        }
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
        add(&self.queue, work)
    }
}

fn add(
    queue: &Rc<Queue>,
    work: impl FnOnce(&Turn<'_>) + 'static,
) -> io::Result<()> {
    let own = Rc::clone(queue);
    let coroutine = Coroutine::new(move |yielder, ()| {
        work(&Turn { yielder, queue: own });
    })?;
    queue.borrow_mut().push_back(coroutine);
    Ok(())
}

/// The sum of many numbers, with a turn for the others now and then.
pub fn sum(turn: &Turn<'_>, numbers: &[u64]) -> u64 {
    let mut sum = 0;
    for step in numbers.chunks(STEP) {
        sum += step.iter().sum::<u64>();
        if step.len() == STEP {
            turn.yield_now();
        }
    }
    sum
}
