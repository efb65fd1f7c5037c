//! Rejected by: a_long_sum_lets_others_run
//!
//! Adds up all, and yields never.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::{Rc, Weak};

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
    /// The coroutine is in the queue, and must not keep it alive.
    queue: Weak<Queue>,
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
        match self.queue.upgrade() {
            Some(queue) => add(&queue, work),
            // It is being dropped, and nobody will run any more.
            None => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }
}

fn add(
    queue: &Rc<Queue>,
    work: impl FnOnce(&Turn<'_>) + 'static,
) -> io::Result<()> {
    let own = Rc::downgrade(queue);
    let coroutine = Coroutine::new(move |yielder, ()| {
        work(&Turn { yielder, queue: own });
    })?;
    queue.borrow_mut().push_back(coroutine);
    Ok(())
}

/// The sum of many numbers, with a turn for the others now and then.
pub fn sum(_: &Turn<'_>, numbers: &[u64]) -> u64 {
    let mut sum = 0;
    for step in numbers.chunks(STEP) {
        sum += step.iter().sum::<u64>();
    }
    sum
}
