//! Who runs beside whom, and whose result is where.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::thread;

use lesson_coroutines::channel::channel;
use lesson_coroutines::scheduler::{run, yield_now};
use support::check::{Broken, Log, check};

use super::exercise::*;

/// What the works have done so far.
#[derive(Clone, Default)]
struct Scene {
    notes: Rc<RefCell<Vec<String>>>,
    running: Rc<Cell<usize>>,
    most: Rc<Cell<usize>>,
}

/// A work runs, until this is dropped.
struct Runs(Scene, char);

impl Drop for Runs {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get() - 1);
        self.0.note(format!("-{}", self.1));
    }
}

impl Scene {
    fn note(&self, what: String) {
        self.notes.borrow_mut().push(what);
    }

    /// A work that has so many turns, and returns their number; with none
    /// it panics.
    fn work(&self, name: char, turns: u32) -> Work<u32> {
        let scene = self.clone();
        Box::new(move || {
            scene.note(format!("+{name}"));
            scene.running.set(scene.running.get() + 1);
            scene.most.set(scene.most.get().max(scene.running.get()));
            let _runs = Runs(scene.clone(), name);
            assert!(turns > 0, "{name} has no turn");
            (1..turns).for_each(|_| yield_now());
            turns
        })
    }

    fn works(&self, log: &Log, turns: &[u32]) -> Vec<Work<u32>> {
        let names = ('a'..='z').zip(turns);
        let told: Vec<_> = names
            .clone()
            .map(|(name, turns)| match turns {
                0 => format!("{name} panics"),
                _ => format!("{name} {turns}"),
            })
            .collect();
        log.note("given", format!("works with turns: {}", told.join(", ")), "");
        names.map(|(name, &turns)| self.work(name, turns)).collect()
    }

    /// Where a note stands among all.
    fn place(&self, what: &str) -> Option<usize> {
        self.notes.borrow().iter().position(|note| note == what)
    }
}

type Results = io::Result<Vec<thread::Result<u32>>>;

/// Does it under a scheduler, and tells the results.
fn told(
    log: &Log,
    what: impl FnOnce() -> Results + 'static,
) -> Result<String, Broken> {
    let results = run(what)??;
    log.note("asked", "the results", "");
    let told = results.iter().map(|result| match result {
        Ok(value) => value.to_string(),
        Err(_) => "a panic".to_string(),
    });
    Ok(told.collect::<Vec<_>>().join(", "))
}

/// `all`, or `at_most` so many.
fn does(
    log: &Log,
    limit: Option<usize>,
    turns: &[u32],
) -> Result<(Scene, String), Broken> {
    let scene = Scene::default();
    let works = scene.works(log, turns);
    let told = match limit {
        None => told(log, || all(works))?,
        Some(limit) => {
            log.note("given", format!("at most {limit}"), "");
            told(log, move || at_most(limit, works))?
        }
    };
    Ok((scene, told))
}

#[test]
fn results_come_in_the_order_of_the_works() {
    check("14", "Join and channel")
        .because(
            "Whoever asks ten servers must know which answer is whose. The \
             first one to end is not the first one asked.",
        )
        .run(|log| {
            let (_, results) = does(log, None, &[5, 1, 3])?;
            log.expect("5, 1, 3".to_string(), results)
        });
}

#[test]
fn all_run_at_the_same_time() {
    check("14", "Join and channel")
        .because(
            "Begin all of them before you wait for the first. To spawn one \
             and join it at once is to call it.",
        )
        .run(|log| {
            let (scene, _) = does(log, None, &[5, 2, 3])?;
            log.note("asked", "the most at a time", "");
            log.expect(3, scene.most.get())
        });
}

#[test]
fn a_panic_is_the_result_of_one() {
    check("14", "Trouble stays at home")
        .because(
            "Two answers are there, and worth having. The third is an error, \
             in its place.",
        )
        .run(|log| {
            let (_, results) = does(log, None, &[2, 0, 3])?;
            log.expect("2, a panic, 3".to_string(), results)
        });
}

#[test]
fn without_a_work_there_is_nothing_to_wait_for() {
    check("14", "Join and channel")
        .because("No works, no results: that is an answer, too.")
        .run(|log| {
            log.expect(String::new(), does(log, None, &[])?.1)?;
            log.expect(String::new(), does(log, Some(2), &[])?.1)
        });
}

#[test]
fn no_more_run_than_may() {
    check("14", "Join and channel")
        .because(
            "The limit is there for somebody: the other side, your memory, \
             your descriptors. Less than it would be slower than need be.",
        )
        .run(|log| {
            let (scene, _) = does(log, Some(2), &[2, 3, 2, 3, 2, 3])?;
            log.note("asked", "the most at a time", "");
            log.expect(2, scene.most.get())
        });
}

#[test]
fn whoever_ends_makes_room_for_the_next() {
    check("14", "Join and channel")
        .because(
            "a takes long. Beside it there is room for one, and when b has \
             ended it is c's, and then d's. Who works in batches, or joins \
             them in their order, lets them wait for a.",
        )
        .run(|log| {
            let (scene, _) = does(log, Some(2), &[50, 1, 1, 1])?;
            log.note("asked", "whether d began before a had ended", "");
            let (began, ended) = (scene.place("+d"), scene.place("-a"));
            log.expect(true, began.is_some() && began < ended)
        });
}

#[test]
fn with_a_limit_the_order_is_that_of_the_works_too() {
    check("14", "Join and channel")
        .because("Keep each result with the number of its work.")
        .run(|log| {
            let (_, results) = does(log, Some(2), &[9, 1, 4, 2])?;
            log.expect("9, 1, 4, 2".to_string(), results)
        });
}

#[test]
fn a_panic_makes_room_too() {
    check("14", "Trouble stays at home")
        .because(
            "Whoever runs the works must outlive their panics, or there are \
             fewer and fewer of them, and the last works have nobody.",
        )
        .run(|log| {
            let (_, results) = does(log, Some(1), &[2, 0, 0, 3])?;
            log.expect("2, a panic, a panic, 3".to_string(), results)
        });
}

#[test]
fn no_room_at_all_is_room_for_one() {
    check("14", "Join and channel")
        .because("With no worker nothing would ever be done.")
        .run(|log| {
            let (_, results) = does(log, Some(0), &[2, 1])?;
            log.expect("2, 1".to_string(), results)
        });
}

#[test]
fn who_waits_takes_no_turns() {
    check("14", "Join and channel")
        .because(
            "The scheduler sees that nobody can ever go on, and says so: a \
             deadlock. Whoever yields again and again to ask whether a work \
             has ended never waits, and keeps the processor busy.",
        )
        .run(|log| {
            for limit in [None, Some(1)] {
                let log = log.afresh();
                log.note("given", "a work that waits for ever", "");
                let ended = run(move || waits_for_ever(limit));
                log.note("asked", "how `run` ended", "");
                log.expect(Some(ErrorKind::Deadlock), ended.err().map(kind))?;
            }
            Ok(())
        });
}

fn kind(error: io::Error) -> ErrorKind {
    error.kind()
}

/// Waits for a work that waits for a value that nobody sends.
fn waits_for_ever(limit: Option<usize>) -> Option<usize> {
    let (sender, receiver) = channel::<()>(1);
    let work: Work<Option<()>> = Box::new(move || receiver.recv());
    let ended = match limit {
        None => all(vec![work]),
        Some(limit) => at_most(limit, vec![work]),
    };
    drop(sender);
    ended.ok().map(|results| results.len())
}

#[test]
fn each_runs_once() {
    check("14", "Join and channel")
        .because("A question that is asked twice may be an order placed twice.")
        .run(|log| {
            for limit in [None, Some(1), Some(3), Some(9)] {
                let log = log.afresh();
                let (scene, _) = does(log, limit, &[3, 1, 2, 1, 1])?;
                log.note("asked", "who began", "");
                let mut began = scene.notes.take();
                began.retain(|note| note.starts_with('+'));
                began.sort();
                log.expect("+a+b+c+d+e".to_string(), began.concat())?;
            }
            Ok(())
        });
}
