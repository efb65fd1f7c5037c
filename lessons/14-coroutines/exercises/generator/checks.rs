//! What is made when, and what becomes of the rest.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use support::check::{Broken, check, give_up};

use super::exercise::*;

/// More values than anybody here asks for.
const MOST: u32 = 10_000;

#[test]
fn values_come_in_the_order_in_which_they_are_made() {
    check("14", "A coroutine")
        .given("given", "a function that suspends with 3, 1, 2")
        .because(
            "Each `suspend` is a value: what `resume` gives is what `next` \
             gives. When the function returns, that is the end.",
        )
        .run(|log| {
            let made = Generator::new(|yielder| {
                [3u32, 1, 2].into_iter().for_each(|it| yielder.suspend(it));
            })?;
            let got: Vec<_> = made.take(5).map(|it| it.to_string()).collect();
            log.expect("3 1 2".to_string(), got.join(" "))
        });
}

#[test]
fn nothing_is_made_before_it_is_asked_for() {
    check("14", "A coroutine")
        .given("given", "a function that makes 1 and 2, and writes it down")
        .given("then", "new, next, next")
        .given("asked", "what was written down")
        .because(
            "Whoever asks for one value may not want a second. A coroutine \
             runs when it is resumed, and until it suspends.",
        )
        .run(|log| {
            let notes = Rc::new(RefCell::new(Vec::new()));
            let note = |what: &str| notes.borrow_mut().push(what.to_string());
            let inner = notes.clone();
            let mut made = Generator::new(move |yielder| {
                for value in 1..=2u32 {
                    inner.borrow_mut().push(format!("made {value}"));
                    yielder.suspend(value);
                }
            })?;
            note("new");
            for _ in 0..2 {
                made.next();
                note("next");
            }
            let due = "new, made 1, next, made 2, next".to_string();
            let got = notes.borrow().join(", ");
            log.expect(due, got)
        });
}

#[test]
fn an_endless_one_is_no_trouble() {
    check("14", "A coroutine")
        .given("given", "a function that counts without end")
        .given("asked", "the first three")
        .because(
            "It is in the middle of its loop when you have what you want, and \
             that is where it stays.",
        )
        .run(|log| {
            let made = Generator::new(|yielder| {
                for value in 0.. {
                    if value == MOST {
                        give_up(format!("{MOST} values, and three were due"));
                    }
                    yielder.suspend(value);
                }
            })?;
            let got: Vec<_> = made.take(3).map(|it| it.to_string()).collect();
            log.expect("0 1 2".to_string(), got.join(" "))
        });
}

#[test]
fn after_the_end_comes_nothing() {
    check("14", "A coroutine")
        .given("given", "a function that makes one value")
        .given("asked", "next, four times")
        .because(
            "A coroutine that has ended can't be resumed. Look first whether \
             it is complete.",
        )
        .run(|log| {
            let mut made = Generator::new(|yielder| yielder.suspend(7u32))?;
            let got: Vec<_> = (0..4).map(|_| made.next()).collect();
            log.expect(vec![Some(7), None, None, None], got)
        });
}

#[test]
fn a_panic_reaches_whoever_asks() {
    check("14", "A coroutine")
        .given("given", "a function that makes 1, and panics")
        .given("asked", "next, three times")
        .because(
            "The caller must learn that there is no second value because \
             something went wrong. An end that looks like any other hides it. \
             What has panicked is over.",
        )
        .run(|log| {
            let mut made = Generator::new(|yielder| {
                yielder.suspend(1u32);
                panic!("no second");
            })?;
            let mut ask = || {
                let asked = catch_unwind(AssertUnwindSafe(|| made.next()));
                match asked {
                    Ok(value) => format!("{value:?}"),
                    Err(_) => "a panic".to_string(),
                }
            };
            let got = [ask(), ask(), ask()].join(", ");
            log.expect("Some(1), a panic, None".to_string(), got)
        });
}

/// Something that a generator holds, and whether it is gone.
struct Held(Rc<Cell<bool>>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[test]
fn what_it_holds_is_released_with_it() {
    check("14", "A coroutine")
        .given("given", "a function that holds a file, and makes values")
        .given("then", "one value is taken, and the generator dropped")
        .given("asked", "whether the file was closed")
        .because(
            "A coroutine that is dropped in the middle is unwound. Let its \
             drop happen.",
        )
        .run(|log| {
            let gone = Rc::new(Cell::new(false));
            let held = Held(gone.clone());
            let mut made = Generator::new(move |yielder| {
                let _held = held;
                (0..9u32).for_each(|value| yielder.suspend(value));
            })?;
            made.next();
            drop(made);
            log.expect(true, gone.get())
        });
}

/// A tree from its leaves: forks to the left, or to the right.
fn tree<T>(values: Vec<T>, to_the_left: bool) -> Tree<T> {
    let mut leaves: Vec<_> = values.into_iter().map(Tree::Leaf).collect();
    while leaves.len() > 1 {
        let at = if to_the_left { 0 } else { leaves.len() - 2 };
        let pair = (leaves.remove(at), leaves.remove(at));
        leaves.insert(at, Tree::Fork(Box::new(pair.0), Box::new(pair.1)));
    }
    leaves.remove(0)
}

#[test]
fn leaves_come_from_left_to_right() {
    check("14", "Two stacks")
        .given("given", "the trees ((1 2) 3) 4 and 1 (2 (3 4))")
        .because(
            "First all of the left, then all of the right. The function calls \
             itself, and each call waits on the coroutine's stack.",
        )
        .run(|log| {
            for to_the_left in [true, false] {
                let tree = tree(vec![1u32, 2, 3, 4], to_the_left);
                let got: Vec<_> =
                    leaves(tree)?.take(9).map(|it| it.to_string()).collect();
                log.expect("1 2 3 4".to_string(), got.join(" "))?;
            }
            Ok(())
        });
}

fn same(one: &[u32], other: &[u32]) -> Result<bool, Broken> {
    let (one, other) = (tree(one.to_vec(), true), tree(other.to_vec(), false));
    Ok(same_leaves(one, other)?)
}

#[test]
fn other_shapes_may_have_the_same_leaves() {
    check("14", "Two stacks")
        .given("given", "((1 2) 3) 4 and 1 (2 (3 4)), then 3 and 4 changed")
        .because("Two generators, one step of each at a time.")
        .run(|log| {
            log.expect(true, same(&[1, 2, 3, 4], &[1, 2, 3, 4])?)?;
            log.expect(false, same(&[1, 2, 3, 4], &[1, 2, 4, 3])?)
        });
}

#[test]
fn who_has_more_leaves_differs() {
    check("14", "Two stacks")
        .because(
            "`zip` ends with the shorter of two, and a loop over one of them \
             doesn't look at what the other has left. Both must end together.",
        )
        .run(|log| {
            for (one, other) in [(3, 4), (4, 3)] {
                let log = log.afresh();
                log.note("given", format!("{one} leaves, and {other}"), "");
                let all = [1, 2, 3, 4];
                log.expect(false, same(&all[..one], &all[..other])?)?;
            }
            Ok(())
        });
}

/// A leaf that counts how often it is compared.
struct Leaf(u32, Rc<Cell<u32>>);

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        self.1.set(self.1.get() + 1);
        self.0 == other.0
    }
}

#[test]
fn the_first_difference_is_enough() {
    check("14", "Two stacks")
        .given("given", "1 2 3 4 and 1 9 3 4")
        .given("asked", "how many leaves were compared")
        .because("After the second pair you know. Stop there.")
        .run(|log| {
            let count = Rc::new(Cell::new(0));
            let leaf = |value: u32| Leaf(value, count.clone());
            let one = tree([1, 2, 3, 4].map(leaf).into(), true);
            let other = tree([1, 9, 3, 4].map(leaf).into(), false);
            same_leaves(one, other)?;
            log.expect(2, count.get())
        });
}
