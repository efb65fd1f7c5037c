//! How many run at once, what a full queue says, what a panic costs, and
//! what is left at the end.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::ops::Deref;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use nix::unistd::gettid;
use support::check::{Broken, Log, check};
use support::peer::PATIENCE;
use support::waiting::asleep;

use super::exercise::*;

/// A pool that is dropped aside: where its drop goes wrong, that is told by
/// the checks of the end, and holds up no other one.
struct Kept(Option<Arc<Pool>>);

impl Kept {
    fn new(log: &Log, threads: usize, room: usize) -> Result<Self, Broken> {
        Ok(Kept(Some(Arc::new(pool(log, threads, room)?))))
    }
}

impl Deref for Kept {
    type Target = Arc<Pool>;

    fn deref(&self) -> &Arc<Pool> {
        self.0.as_ref().expect("there until the drop")
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let pool = self.0.take();
        thread::spawn(move || drop(pool));
    }
}

fn pool(log: &Log, threads: usize, room: usize) -> Result<Pool, Broken> {
    let (plural, jobs) = (plural(threads, "thread"), plural(room, "job"));
    log.note("given", format!("{plural}, room for {jobs} to wait"), "");
    Ok(Pool::new(threads, room)?)
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Gives a job to the pool, which must take it.
fn takes(
    log: &Log,
    pool: &Pool,
    what: &str,
    job: impl FnOnce() + Send + 'static,
) -> Result<(), Broken> {
    match pool.run(Box::new(job)) {
        Ok(()) => Ok(()),
        Err(_) => {
            log.note("given", what.to_string(), "");
            log.note("expected", "run takes it", "");
            log.broken("run gives it back")
        }
    }
}

/// A job that says that it has begun, and goes on until its gate opens.
struct Gated {
    begun: Receiver<()>,
    gate: Sender<()>,
}

impl Gated {
    /// Gives one to the pool; it may begin later.
    fn queued(log: &Log, pool: &Pool) -> Result<Self, Broken> {
        let (begin, begun) = mpsc::channel();
        let (gate, opened) = mpsc::channel::<()>();
        takes(log, pool, "a job", move || {
            let _ = begin.send(());
            // Bounded: no thread is left behind by a check that has failed.
            let _ = opened.recv_timeout(2 * PATIENCE);
        })?;
        Ok(Gated { begun, gate })
    }

    /// Waits until it has begun.
    fn begins(&self, log: &Log, what: &str) -> Result<(), Broken> {
        match self.begun.recv_timeout(PATIENCE) {
            Ok(()) => Ok(()),
            Err(_) => {
                log.note("expected", format!("{what} begins"), "");
                log.broken("it does not")
            }
        }
    }

    /// Gives one to the pool, and waits until it has begun.
    fn running(log: &Log, pool: &Pool, what: &str) -> Result<Self, Broken> {
        let job = Gated::queued(log, pool)?;
        job.begins(log, what)?;
        Ok(job)
    }
}

/// What jobs of a check have done, in their order.
type Done = Arc<Mutex<Vec<usize>>>;

fn done(done: &Done) -> Vec<usize> {
    done.lock().unwrap_or_else(|e| e.into_inner()).clone()
}

fn note(done: &Done, number: usize) {
    done.lock().unwrap_or_else(|e| e.into_inner()).push(number);
}

/// Waits for the learner's code to return, which runs aside.
fn returns<T>(log: &Log, what: &str, end: &Receiver<T>) -> Result<T, Broken> {
    end.recv_timeout(PATIENCE).or_else(|_| {
        log.note("expected", format!("{what} returns"), "");
        log.broken(format!("it does not, for {} s", PATIENCE.as_secs()))
    })
}

#[test]
fn jobs_run() {
    check("13", "A bounded pool").because("Each job runs, once.").run(|log| {
        let pool = Kept::new(log, 2, 10)?;
        let (did, does) = mpsc::channel();
        for number in 0..5 {
            let did = did.clone();
            takes(log, &pool, "a job", move || drop(did.send(number)))?;
        }
        drop(did);
        log.note("asked", "which of 5 jobs have run", "");
        let mut ran: Vec<usize> = Vec::new();
        while let Ok(number) = does.recv_timeout(PATIENCE) {
            ran.push(number);
        }
        ran.sort_unstable();
        log.expect(vec![0, 1, 2, 3, 4], ran)
    });
}

#[test]
fn without_threads_there_is_no_pool() {
    check("13", "A bounded pool")
        .because("Nobody would run what is in the queue, and all would wait.")
        .run(|log| {
            log.note("asked", "Pool::new(0, 1)", "");
            let got = Pool::new(0, 1).map(drop).map_err(|e| e.kind());
            log.expect(Err(ErrorKind::InvalidInput), got)
        });
}

#[test]
fn as_many_run_at_once_as_there_are_threads() {
    check("13", "A bounded pool")
        .because(
            "The first job hasn't ended, and another thread is free. Who \
             holds the queue's lock while a job runs lets only one run: see \
             how long the guard of your lock lives.",
        )
        .run(|log| {
            let pool = Kept::new(log, 3, 10)?;
            let first = Gated::running(log, &pool, "the first job")?;
            log.note("given", "the first job runs, and goes on", "");
            let second = Gated::running(log, &pool, "the second job")?;
            log.note("given", "the second job runs, and goes on", "");
            let third = Gated::running(log, &pool, "the third job")?;
            drop((first, second, third));
            Ok(())
        });
}

#[test]
fn no_more_threads_are_started() {
    check("13", "A bounded pool")
        .because(
            "The threads are started once, and each takes one job after the \
             other. A thread for each job is no pool: who sends the jobs \
             would say how many threads there are.",
        )
        .run(|log| {
            let pool = Kept::new(log, 2, 100)?;
            let (tell, told) = mpsc::channel::<ThreadId>();
            for _ in 0..50 {
                let tell = tell.clone();
                takes(log, &pool, "one of 50 jobs", move || {
                    let _ = tell.send(thread::current().id());
                })?;
            }
            drop(tell);
            let (mut seen, mut jobs) = (HashSet::new(), 0);
            while let Ok(thread) = told.recv_timeout(PATIENCE) {
                seen.insert(thread);
                jobs += 1;
            }
            if jobs == 50 && seen.len() <= 2 {
                return Ok(());
            }
            log.note("expected", "50 jobs, on 2 threads at the most", "");
            let threads = plural(seen.len(), "thread");
            log.broken(format!("{} on {threads}", plural(jobs, "job")))
        });
}

#[test]
fn a_full_queue_says_no_at_once() {
    check("13", "A bounded pool")
        .because(
            "One job runs, and two wait. There is room for two, and the next \
             one has to come back: a queue without bound is memory that \
             others fill, and to wait would be to stand still.",
        )
        .run(|log| {
            let pool = Kept::new(log, 1, 2)?;
            let running = Gated::running(log, &pool, "the first job")?;
            let _waits = Gated::queued(log, &pool)?;
            let _waits_too = Gated::queued(log, &pool)?;
            log.note("given", "one job runs, two wait; and one more", "");
            let again = Arc::clone(&pool);
            let answer = log.aside(move || again.run(Box::new(|| ())).is_ok());
            let taken = returns(log, "run", &answer)?;
            drop(running);
            if !taken {
                return Ok(());
            }
            log.note("expected", "run gives it back", "");
            log.broken("run takes it")
        });
}

#[test]
fn what_came_back_can_be_tried_again() {
    check("13", "A bounded pool")
        .because(
            "A full queue is no end. When a thread has taken a job from it, \
             there is room.",
        )
        .run(|log| {
            let pool = Kept::new(log, 1, 1)?;
            let running = Gated::running(log, &pool, "the first job")?;
            let waits = Gated::queued(log, &pool)?;
            let (did, does) = mpsc::channel();
            log.note("given", "one job runs, one waits; and one more", "");
            let Err(back) = pool.run(Box::new(move || drop(did.send(7))))
            else {
                return log.broken("run takes it");
            };
            drop(running);
            waits.begins(log, "the one that waited")?;
            log.note("then", "the next one runs, and the job again", "");
            if pool.run(back).is_err() {
                log.note("expected", "run takes it", "");
                return log.broken("run gives it back");
            }
            drop(waits);
            log.expect(Ok(7), does.recv_timeout(PATIENCE))
        });
}

#[test]
fn they_begin_in_their_order() {
    check("13", "A bounded pool")
        .because("Who came first is served first.")
        .run(|log| {
            let pool = Kept::new(log, 1, 10)?;
            let running = Gated::running(log, &pool, "the first job")?;
            let (did, does) = mpsc::channel();
            for number in 1..=5 {
                let did = did.clone();
                takes(log, &pool, "a job", move || drop(did.send(number)))?;
            }
            drop(running);
            let next = |_| does.recv_timeout(PATIENCE).unwrap_or(0);
            let order: Vec<usize> = (0..5).map(next).collect();
            log.note("asked", "the order of five that waited", "");
            log.expect(vec![1, 2, 3, 4, 5], order)
        });
}

#[test]
fn a_panic_costs_no_thread() {
    check("13", "A handler that panics, or never returns")
        .because(
            "The job has panicked. Its thread must go on, or after as many \
             panics as there are threads, nothing runs any more.",
        )
        .run(|log| {
            let pool = Kept::new(log, 2, 100)?;
            let (tell, told) = mpsc::channel();
            for _ in 0..10 {
                let tell = tell.clone();
                takes(log, &pool, "a job that panics", move || {
                    let _ = tell.send(());
                    // A panic that nobody's hook tells.
                    resume_unwind(Box::new("a job's panic"))
                })?;
            }
            drop(tell);
            log.note("given", "10 jobs that panic", "");
            for _ in 0..10 {
                if told.recv_timeout(PATIENCE).is_err() {
                    log.note("expected", "all of them run", "");
                    return log.broken("not all do");
                }
            }
            let first = Gated::running(log, &pool, "the next job")?;
            let second = Gated::running(log, &pool, "one beside it")?;
            drop((first, second));
            Ok(())
        });
}

/// Calls an end aside while a job runs, which it must wait for; then lets
/// that job end.
fn ends(
    log: &Log,
    what: &str,
    running: Gated,
    end: impl FnOnce() + Send + 'static,
) -> Result<(), Broken> {
    let (tell, told) = mpsc::channel();
    let ended = log.aside(move || {
        let _ = tell.send(gettid());
        end();
    });
    let thread = told.recv_timeout(PATIENCE).ok();
    let limit = Instant::now() + MOMENT;
    while !thread.is_some_and(asleep) && Instant::now() < limit {
        if ended.try_recv().is_ok() {
            log.note("expected", format!("{what} waits for the jobs"), "");
            return log.broken(format!("{what} returns while one runs"));
        }
        thread::yield_now();
    }
    drop(running);
    returns(log, what, &ended)
}

/// Time for an end to begin its wait, or to return without one.
const MOMENT: Duration = Duration::from_secs(1);

/// Claims that an end runs what waits, and what runs to its end.
fn nothing_is_lost(
    log: &Log,
    what: &str,
    end: impl FnOnce(Pool) + Send + 'static,
) -> Result<(), Broken> {
    let pool = pool(log, 1, 10)?;
    let running = Gated::running(log, &pool, "the first job")?;
    let order = Done::default();
    for number in 1..=5 {
        let order = order.clone();
        takes(log, &pool, "a job", move || note(&order, number))?;
    }
    log.note("given", "one job runs, five wait", "");
    ends(log, what, running, move || end(pool))?;
    log.note("asked", format!("which of the five had run after {what}"), "");
    log.expect(vec![1, 2, 3, 4, 5], done(&order))
}

#[test]
fn join_runs_what_is_in_the_queue() {
    check("13", "A stop that loses nothing")
        .because(
            "The pool has said yes to these jobs: somebody waits for what \
             they do.",
        )
        .run(|log| nothing_is_lost(log, "join", Pool::join));
}

#[test]
fn a_drop_does_the_same() {
    check("13", "A stop that loses nothing")
        .because(
            "A pool is dropped where nobody has thought of `join`: at a `?`, \
             say. What it has taken on is lost, unless `Drop` sees to it.",
        )
        .run(|log| nothing_is_lost(log, "the drop", drop));
}

thread_local! {
    /// Is dropped when the thread ends.
    static OF_THE_THREAD: RefCell<Option<Arc<()>>> =
        const { RefCell::new(None) };
}

#[test]
fn after_the_end_no_thread_is_left() {
    check("13", "A bounded pool")
        .because(
            "The pool has been joined, and a thread of it is still there. \
             Each thread ends when no more jobs can come; wait for each by \
             its JoinHandle.",
        )
        .run(|log| {
            for _ in 0..20 {
                let pool = pool(log.afresh(), 3, 10)?;
                let mark = Arc::new(());
                for name in ["the first job", "the second job", "the third"] {
                    let mark = mark.clone();
                    takes(log, &pool, name, move || {
                        OF_THE_THREAD.set(Some(mark));
                    })?;
                }
                let end = log.aside(move || pool.join());
                returns(log, "join", &end)?;
                let left = Arc::strong_count(&mark) - 1;
                log.note("asked", "whether threads that ran jobs are left", "");
                log.expect(false, left > 0)?;
            }
            Ok(())
        });
}

#[test]
fn a_panic_does_not_spoil_the_end() {
    check("13", "A handler that panics, or never returns")
        .because(
            "The last job has panicked. `join` must not pass that on, and \
             what was in the queue runs.",
        )
        .run(|log| {
            let pool = pool(log, 1, 10)?;
            let running = Gated::running(log, &pool, "the first job")?;
            let order = Done::default();
            for number in 1..=3 {
                let order = order.clone();
                takes(log, &pool, "a job", move || {
                    note(&order, number);
                    resume_unwind(Box::new("a job's panic"))
                })?;
            }
            log.note("given", "three jobs wait, and each will panic", "");
            ends(log, "join", running, move || pool.join())?;
            log.note("asked", "which of the three had run after join", "");
            log.expect(vec![1, 2, 3], done(&order))
        });
}
