//! Rejected by: after_the_end_comes_nothing, a_panic_reaches_whoever_asks
//!
//! Resumes what has ended.

use std::io;

use lesson_coroutines::coroutine::{Coroutine, State, Yielder};

/// Values that a function makes one by one.
pub struct Generator<T: 'static> {
    coroutine: Coroutine<(), T, ()>,
}

impl<T> Generator<T> {
    /// Will run `make` when the first value is asked for.
    pub fn new(
        make: impl FnOnce(&Yielder<(), T>) + 'static,
    ) -> io::Result<Self> {
        let coroutine = Coroutine::new(|yielder, ()| make(yielder))?;
        Ok(Generator { coroutine })
    }
}

impl<T> Iterator for Generator<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self.coroutine.resume(()) {
            State::Yielded(value) => Some(value),
            State::Complete(()) => None,
        }
    }
}

/// A tree with a value at each leaf.
pub enum Tree<T> {
    Leaf(T),
    Fork(Box<Tree<T>>, Box<Tree<T>>),
}

/// The leaves, from left to right.
pub fn leaves<T: 'static>(tree: Tree<T>) -> io::Result<Generator<T>> {
    Generator::new(|yielder| walk(tree, yielder))
}

/// Stops at each leaf, however deep it lies: all the calls in between wait.
fn walk<T>(tree: Tree<T>, yielder: &Yielder<(), T>) {
    match tree {
        Tree::Leaf(value) => yielder.suspend(value),
        Tree::Fork(left, right) => {
            walk(*left, yielder);
            walk(*right, yielder);
        }
    }
}

/// Whether the leaves are equal, whatever the shapes of the trees.
pub fn same_leaves<T: PartialEq + 'static>(
    one: Tree<T>,
    other: Tree<T>,
) -> io::Result<bool> {
    // A step of each, until they differ or both have ended.
    Ok(leaves(one)?.eq(leaves(other)?))
}
