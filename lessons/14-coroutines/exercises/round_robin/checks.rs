//! Whose turn it is.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use support::check::{Broken, Log, check, give_up};
use support::random::Random;

use super::exercise::*;

/// What was done, in order: `a1` is the first turn of a.
#[derive(Clone, Default)]
struct Notes(Rc<RefCell<Vec<String>>>);

/// More turns than anybody here needs.
const MOST: usize = 10_000;

impl Notes {
    fn note(&self, what: impl Into<String>) {
        let mut notes = self.0.borrow_mut();
        if notes.len() == MOST {
            give_up(format!("{MOST} turns, and no end"));
        }
        notes.push(what.into());
    }

    fn told(&self) -> String {
        self.0.borrow().join(" ")
    }

    /// Spawns one that has so many turns.
    fn spawn(
        &self,
        all: &RoundRobin,
        name: &'static str,
        turns: usize,
    ) -> Result<(), Broken> {
        let notes = self.clone();
        all.spawn(move |turn| notes.turns(turn, name, turns))?;
        Ok(())
    }

    fn turns(&self, turn: &Turn<'_>, name: &str, turns: usize) {
        for number in 1..=turns {
            self.note(format!("{name}{number}"));
            if number < turns {
                turn.yield_now();
            }
        }
    }
}

/// Lets all take turns, and claims the order.
fn runs(log: &Log, due: &str, turns: &[(&'static str, usize)]) -> Told {
    let (all, notes) = (RoundRobin::new(), Notes::default());
    for &(name, turns) in turns {
        log.note("spawn", format!("{name}, for {turns} turns"), "");
        notes.spawn(&all, name, turns)?;
    }
    log.note("asked", "the turns", "");
    all.run();
    log.expect(due.to_string(), notes.told())
}

type Told = Result<(), Broken>;

#[test]
fn who_was_spawned_first_runs_first() {
    check("14", "The scheduler")
        .because("A queue: in at the end, out at the front.")
        .run(|log| runs(log, "a1 b1 c1", &[("a", 1), ("b", 1), ("c", 1)]));
}

#[test]
fn who_yields_goes_to_the_end() {
    check("14", "The scheduler")
        .because(
            "Whoever yields lets *all* others run before its next turn. To \
             run one until it ends is to serve one client after the other.",
        )
        .run(|log| runs(log, "a1 b1 a2 b2", &[("a", 2), ("b", 2)]));
}

#[test]
fn who_has_ended_leaves() {
    check("14", "The scheduler")
        .because(
            "What has ended has nothing left to run, and to resume it is an \
             error. The others go on.",
        )
        .run(|log| {
            runs(log, "a1 b1 c1 b2 b3", &[("a", 1), ("b", 3), ("c", 1)])
        });
}

#[test]
fn nobody_runs_before_run() {
    check("14", "The scheduler")
        .given("given", "a, which notes its turn")
        .given("then", "spawn, and the word \"spawned\" is noted; run")
        .because(
            "Whoever spawns isn't done yet with what it does, and may still \
             want to prepare something for the other.",
        )
        .run(|log| {
            let (all, notes) = (RoundRobin::new(), Notes::default());
            notes.spawn(&all, "a", 1)?;
            notes.note("spawned");
            all.run();
            log.expect("spawned a1".to_string(), notes.told())
        });
}

#[test]
fn who_is_spawned_during_a_turn_comes_last() {
    check("14", "The scheduler")
        .given("given", "a and b")
        .given("then", "a spawns d in its first turn, and yields")
        .because(
            "The newcomer goes behind those who wait; a has yielded after \
             that, and goes behind the newcomer. The queue must be free for \
             this while a coroutine runs: who holds a borrow of it meanwhile \
             makes `spawn` panic.",
        )
        .run(|log| {
            let (all, notes) = (RoundRobin::new(), Notes::default());
            let (mine, its) = (notes.clone(), notes.clone());
            all.spawn(move |turn| {
                mine.note("a1");
                let spawned = turn.spawn(move |turn| its.turns(turn, "d", 2));
                mine.note(if spawned.is_ok() { "spawned" } else { "no d" });
                turn.yield_now();
                mine.note("a2");
            })?;
            notes.spawn(&all, "b", 2)?;
            all.run();
            let due = "a1 spawned b1 d1 a2 b2 d2".to_string();
            log.expect(due, notes.told())
        });
}

#[test]
fn a_panic_is_of_one() {
    check("14", "Trouble stays at home")
        .given("given", "a with two turns, b that panics, c with two turns")
        .given("asked", "the turns, and what `run` says")
        .because(
            "One client's panic must not end the server. `try_resume` gives \
             it as an error.",
        )
        .run(|log| {
            let (all, notes) = (RoundRobin::new(), Notes::default());
            notes.spawn(&all, "a", 2)?;
            all.spawn(|_| panic!("b has no answer"))?;
            notes.spawn(&all, "c", 2)?;
            let panics = all.run();
            log.expect(("a1 c1 a2 c2".to_string(), 1), (notes.told(), panics))
        });
}

/// Something that a coroutine holds, and whether it is gone.
struct Held(Rc<Cell<bool>>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[test]
fn what_never_ran_is_released() {
    check("14", "The scheduler")
        .given("given", "a coroutine that holds a connection")
        .given("then", "the scheduler is dropped before it runs")
        .given("asked", "whether the connection was closed")
        .because(
            "The queue keeps the coroutine. If the coroutine keeps the queue, \
             neither of them is ever dropped. A `Weak` keeps nothing.",
        )
        .run(|log| {
            let gone = Rc::new(Cell::new(false));
            let (all, held) = (RoundRobin::new(), Held(gone.clone()));
            all.spawn(move |_| drop(held))?;
            drop(all);
            log.expect(true, gone.get())
        });
}

/// Adds up so many numbers beside a clock. The sum, and the clock's turns
/// until it was there.
fn sum_beside_a_clock(count: u64) -> Result<(u64, usize), Broken> {
    let (all, clock) = (RoundRobin::new(), Rc::new(Cell::new(0)));
    let answer = Rc::new(Cell::new(None));
    let (seen, told) = (clock.clone(), answer.clone());
    all.spawn(move |turn| {
        let numbers: Vec<_> = (1..=count).collect();
        let sum = sum(turn, &numbers);
        told.set(Some((sum, seen.get())));
    })?;
    let done = answer.clone();
    all.spawn(move |turn| {
        while done.get().is_none() && clock.get() < MOST {
            clock.set(clock.get() + 1);
            turn.yield_now();
        }
    })?;
    all.run();
    Ok(answer.get().unwrap_or_default())
}

#[test]
fn a_sum_is_right() {
    check("14", "One loop stalls all")
        .given("given", "the numbers from 1 to 950")
        .because("The last fifty are no whole step, and belong to the sum.")
        .run(|log| log.expect(451_725, sum_beside_a_clock(950)?.0));
}

#[test]
fn a_long_sum_lets_others_run() {
    check("14", "One loop stalls all")
        .given("given", "the numbers from 1 to 950, and a clock beside them")
        .given("asked", "the clock's turns before the sum was there")
        .because(
            "Nobody takes the thread from a loop: it must give it back, after \
             every hundred numbers, which is nine times here. To give it \
             back after each would cost a switch for each addition.",
        )
        .run(|log| log.expect(9, sum_beside_a_clock(950)?.1));
}

#[test]
fn many_take_turns_until_the_last_has_ended() {
    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    check("14", "The scheduler")
        .because("The same, with coroutines that have 1 to 6 turns.")
        .run(|log| {
            let mut random = Random(14);
            for _ in 0..20 {
                let turns = NAMES.map(|name| (name, 1 + random.below(6)));
                runs(log.afresh(), &model(&turns), &turns)?;
            }
            Ok(())
        });
}

/// The turns as they are due.
fn model(turns: &[(&str, usize)]) -> String {
    let mut queue: VecDeque<_> =
        turns.iter().map(|&(name, turns)| (name, 1, turns)).collect();
    let mut due = Vec::new();
    while let Some((name, number, turns)) = queue.pop_front() {
        due.push(format!("{name}{number}"));
        if number < turns {
            queue.push_back((name, number + 1, turns));
        }
    }
    due.join(" ")
}
