//! Make values one by one, in a function that goes on where it stopped.
//!
//! A function returns once. A *generator* gives a value, stops in the middle
//! of its loop, and goes on when somebody wants the next one. In Python it is
//! a function with `yield` in it. Write it on top of a coroutine; then use
//! it where a loop would be hard to turn inside out: in a recursion.
//!
//! - `Generator` is an iterator. Nothing is made before it is asked for: not
//!   by `new`, and not one value ahead.
//! - After the end comes nothing, as often as it is asked.
//! - A panic of the function reaches whoever has asked for the next value.
//!   After that comes nothing.
//! - One that is dropped in the middle releases what it holds.
//! - `leaves` gives the leaves of a tree from left to right.
//! - `same_leaves` says whether two trees have equal leaves in the same
//!   order, however they fork. It compares as it goes, and stops at the first
//!   difference. One that has more leaves than the other differs.
//!
//! The calls: `Coroutine::new(|yielder, ()| …)`, which can fail for want of
//! memory; `yielder.suspend(value)` inside of it; `resume(())`, which gives
//! `State::Yielded(value)` or `State::Complete(())` and panics when there is
//! nothing left to run; `is_complete()`.
//!
//! Check it: `cargo workbook check generator`
//!
//! Read chapter 14, "A coroutine".

use std::io;

use lesson_coroutines::coroutine::{Coroutine, State, Yielder};

/// Values that a function makes one by one.
pub struct Generator<T: 'static> {
    // Your fields. This one only makes the stub compile.
    coroutine: Coroutine<(), T, ()>,
}

impl<T> Generator<T> {
    /// Will run `make` when the first value is asked for.
    pub fn new(
        make: impl FnOnce(&Yielder<(), T>) + 'static,
    ) -> io::Result<Self> {
        todo!("a coroutine that doesn't run yet")
    }
}

impl<T> Iterator for Generator<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        todo!("resume it; what did it say?")
    }
}

/// A tree with a value at each leaf.
pub enum Tree<T> {
    Leaf(T),
    Fork(Box<Tree<T>>, Box<Tree<T>>),
}

/// The leaves, from left to right.
pub fn leaves<T: 'static>(tree: Tree<T>) -> io::Result<Generator<T>> {
    todo!("a function that calls itself, and suspends at each leaf")
}

/// Whether the leaves are equal, whatever the shapes of the trees.
pub fn same_leaves<T: PartialEq + 'static>(
    one: Tree<T>,
    other: Tree<T>,
) -> io::Result<bool> {
    todo!("two generators, one step of each at a time")
}
