//! What a switch costs, in nanoseconds one way, beside that of a thread.
//!
//! A switch isn't free: some registers go to memory and others come back. It
//! is cheap, for the kernel has no part in it. Each kind is measured in short
//! rounds, all in turn, and the shortest round counts: so whatever else the
//! machine does disturbs none of them for long.
//!
//! The figures of a build for debugging say little; add `--release`.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::hint::black_box;
use std::io;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Instant;

use lesson_coroutines::coroutine::{Coroutine, State};
use lesson_coroutines::stack::Stack;
use lesson_coroutines::switch::{inlined, naked};
use lesson_coroutines::{executor, scheduler};
use narrator::say;
use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use nix::unistd::Pid;

/// How often in a round, and how many rounds.
const SWITCHES: u32 = 2000;
const ROUNDS: u32 = 200;

/// How many coroutines take turns under the scheduler.
const CROWD: u32 = 100;

/// A kind, how it does so many of them, and the best that it has done.
struct Kind {
    who: &'static str,
    call: &'static str,
    round: Box<dyn FnMut()>,
    /// In nanoseconds.
    best: f64,
}

/// Measures all kinds, and says what must hold on any machine.
pub fn run() -> io::Result<()> {
    let mut kinds = [
        Kind::new("plain", "call", calls()),
        Kind::new("naked", "switch", by_naked()?),
        Kind::new("inlined", "switch", by_inlined()?),
        Kind::new("ours", "resume", by_coroutine()?),
        Kind::new("other", "corosensei", by_corosensei()),
        Kind::new("ours", "new + end", whole()),
    ];
    for _ in 0..ROUNDS {
        kinds.iter_mut().for_each(Kind::measure);
    }
    for kind in &kinds {
        tell(kind.who, kind.call, kind.best);
    }
    tell("all", "yield_now", scheduled()?);
    tell("async", "yield_now", awaited()?);
    let threads = by_threads()?;
    tell("thread", "unpark", threads);

    let ours = kinds[3].best;
    let more = if threads > 10.0 * ours { "more" } else { "less" };
    let what = format!("a thread's takes {more} than 10 times as long");
    say("both", "switch", what);
    Ok(())
}

fn tell(who: &str, call: &str, ns: f64) {
    say(who, call, format_args!("{ns:.2} ns"));
}

impl Kind {
    fn new(
        who: &'static str,
        call: &'static str,
        round: impl FnMut() + 'static,
    ) -> Self {
        Kind { who, call, round: Box::new(round), best: f64::MAX }
    }

    fn measure(&mut self) {
        let began = Instant::now();
        (self.round)();
        let each = began.elapsed().as_nanos() as f64 / f64::from(SWITCHES);
        self.best = self.best.min(each);
    }
}

/// What a function costs that is called, and returns.
fn calls() -> impl FnMut() {
    #[inline(never)]
    fn plain(value: usize) -> usize {
        black_box(value)
    }
    || {
        for _ in 0..SWITCHES {
            black_box(plain(black_box(0)));
        }
    }
}

// ANCHOR: raw
/// Two stack pointers, one of which is in use.
struct Pair {
    main: Cell<*mut u8>,
    other: Cell<*mut u8>,
}

fn by_naked() -> io::Result<impl FnMut()> {
    extern "C" fn back(pair: *mut (), mut value: *mut ()) -> ! {
        // SAFETY: `by_naked` passes it, and keeps it as long as the stack.
        let pair = unsafe { &*pair.cast::<Pair>() };
        loop {
            let save = pair.other.as_ptr();
            // SAFETY: main has saved its stack pointer, and isn't running.
            value = unsafe { naked::switch(save, pair.main.get(), value) };
        }
    }
    let stack = Stack::take()?;
    let null = Cell::new(ptr::null_mut());
    let pair = Box::new(Pair { main: null.clone(), other: null });
    let argument = ptr::from_ref(&*pair).cast_mut().cast();
    // SAFETY: the stack is larger than what is written.
    let sp = unsafe { naked::prepare(stack.top(), back, argument) };
    pair.other.set(sp);
    Ok(move || {
        let _alive = &stack;
        for _ in 0..SWITCHES / 2 {
            let (save, to) = (pair.main.as_ptr(), pair.other.get());
            // SAFETY: the other one isn't running, and comes back.
            black_box(unsafe { naked::switch(save, to, ptr::null_mut()) });
        }
    })
}

fn by_inlined() -> io::Result<impl FnMut()> {
    extern "C" fn back(mut value: *mut (), link: *mut *mut u8) -> ! {
        loop {
            // SAFETY: this is the coroutine that runs, and its link.
            value = unsafe { inlined::suspend(link, value) };
        }
    }
    let stack = Stack::take()?;
    // SAFETY: the stack is larger than what is written.
    let sp = unsafe { inlined::prepare(stack.top(), back) };
    let link = Cell::new(sp);
    Ok(move || {
        let _alive = &stack;
        for _ in 0..SWITCHES / 2 {
            let null = black_box(ptr::null_mut());
            // SAFETY: the coroutine isn't running, and never leaves.
            black_box(unsafe { inlined::resume(link.as_ptr(), null) });
        }
    })
}
// ANCHOR_END: raw

// ANCHOR: coroutines
fn by_coroutine() -> io::Result<impl FnMut()> {
    let mut identity = Coroutine::new(|yielder, mut value: usize| {
        loop {
            value = yielder.suspend(value);
        }
    })?;
    Ok(move || {
        for _ in 0..SWITCHES / 2 {
            let told: State<usize, ()> = identity.resume(black_box(0));
            black_box(told);
        }
    })
}

fn by_corosensei() -> impl FnMut() {
    type Identity = corosensei::Coroutine<usize, usize, ()>;
    let mut identity = Identity::new(|yielder, mut value| {
        loop {
            value = yielder.suspend(value);
        }
    });
    move || {
        for _ in 0..SWITCHES / 2 {
            black_box(identity.resume(black_box(0)));
        }
    }
}

/// A coroutine from its beginning to its end, on a stack of the pool.
fn whole() -> impl FnMut() {
    || {
        for _ in 0..SWITCHES {
            let identity = Coroutine::new(|_: &_, value: usize| value);
            let Ok(mut identity) = identity else { return };
            let told: State<(), usize> = identity.resume(black_box(0));
            black_box(told);
        }
    }
}
// ANCHOR_END: coroutines

/// Many take turns: the switch, the queue, and a look at the poller for each
/// turn of all.
fn scheduled() -> io::Result<f64> {
    let best = Rc::new(Cell::new(f64::MAX));
    let measured = best.clone();
    scheduler::run(move || {
        for _ in 1..CROWD {
            scheduler::spawn(|| {
                loop {
                    scheduler::yield_now();
                }
            })?;
        }
        for _ in 0..ROUNDS {
            let began = Instant::now();
            (0..10).for_each(|_| scheduler::yield_now());
            measured.set(measured.get().min(nanoseconds(began, 10 * CROWD)));
        }
        io::Result::Ok(())
    })??;
    Ok(best.get())
}

fn awaited() -> io::Result<f64> {
    let best = Rc::new(Cell::new(f64::MAX));
    let measured = best.clone();
    executor::run(async move {
        for _ in 1..CROWD {
            executor::spawn(async {
                loop {
                    executor::yield_now().await;
                }
            })?;
        }
        for _ in 0..ROUNDS {
            let began = Instant::now();
            for _ in 0..10 {
                executor::yield_now().await;
            }
            measured.set(measured.get().min(nanoseconds(began, 10 * CROWD)));
        }
        io::Result::Ok(())
    })??;
    Ok(best.get())
}

// ANCHOR: threads
/// Two threads on one core take turns: for each switch one goes to sleep in
/// the kernel, and the other comes from there.
fn by_threads() -> io::Result<f64> {
    const TURNS: u32 = 100;
    let all = sched_getaffinity(Pid::from_raw(0))?;
    let mut one = CpuSet::new();
    one.set(sched_getcpu()?)?;
    // A thread that is made inherits it.
    sched_setaffinity(Pid::from_raw(0), &one)?;
    let mains = Arc::new(AtomicBool::new(true));
    let (turn, main) = (mains.clone(), thread::current());
    let other = thread::Builder::new().spawn(move || {
        (0..ROUNDS * TURNS / 2).for_each(|_| take_turn(&turn, false, &main));
    })?;
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        (0..TURNS / 2).for_each(|_| take_turn(&mains, true, other.thread()));
        best = best.min(nanoseconds(began, TURNS));
    }
    sched_setaffinity(Pid::from_raw(0), &all)?;
    other.join().map_err(super::panicked)?;
    Ok(best)
}

/// Sleeps until it is this thread's turn, and wakes the next.
fn take_turn(mains: &AtomicBool, am_main: bool, next: &Thread) {
    while mains.load(Ordering::Acquire) != am_main {
        thread::park();
    }
    mains.store(!am_main, Ordering::Release);
    next.unpark();
}
// ANCHOR_END: threads

/// Since then, for each.
fn nanoseconds(began: Instant, count: u32) -> f64 {
    began.elapsed().as_nanos() as f64 / f64::from(count)
}
