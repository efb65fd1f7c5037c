//! Many coroutines in one thread: who runs next, and who waits for what.
//!
//! ```text
//!            ┌──────────── yield_now ────────────┐
//!            ↓                                   │
//! spawn → run queue ── resume ─→ the one that runs ─→ its end
//!            ↑                                   │
//!            └── wake ── parked: a socket, a  ←──┘ park
//!                        time, another coroutine
//! ```
//!
//! [`run`] takes a coroutine from the queue and resumes it. It runs until it
//! yields, parks itself, or ends: nobody can take the thread from it. After
//! each turn of the queue the poller is asked who needn't wait any more; when
//! the queue is empty, the poller waits.
//!
//! The futures of [`executor`](crate::executor) have the same in the same
//! order. Lay the two files side by side.

#![allow(unsafe_code)]

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::panic::resume_unwind;
use std::ptr::NonNull;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::coroutine::{Coroutine, State, Yielder};
use crate::join::{Join, Joined};
use crate::reactor::{Direction, Reactor, Watch};
use crate::stack::{self, Stack};

// ANCHOR: scheduler
/// What a thread's scheduler knows.
pub(crate) struct Scheduler {
    pub(crate) reactor: RefCell<Reactor<Ticket>>,
    /// Who can go on, in order.
    queue: RefCell<VecDeque<usize>>,
    /// All that have not ended, by their numbers.
    tasks: RefCell<Vec<Task>>,
    /// Numbers whose coroutines have ended.
    free: RefCell<Vec<usize>>,
    running: Cell<usize>,
    closing: Cell<bool>,
}

#[derive(Default)]
struct Task {
    /// Not here while it runs.
    coroutine: Option<Coroutine<(), (), ()>>,
    /// How it suspends itself; it lies on its own stack.
    yielder: Option<NonNull<Yielder<(), ()>>>,
    /// Who is told when it panics.
    joined: Option<Rc<dyn Joined>>,
    parked: bool,
    /// How many of its waits are over.
    turn: u64,
}

/// A coroutine, and which of its waits. To wake it twice does no harm: the
/// second time the number has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ticket {
    task: usize,
    turn: u64,
}
// ANCHOR_END: scheduler

thread_local! {
    /// The scheduler that runs in this thread.
    static HERE: RefCell<Option<Rc<Scheduler>>> = const { RefCell::new(None) };
}

// ANCHOR: run
/// Runs `main` as the first coroutine, and gives what it returns.
///
/// When `main` has ended, whatever it has spawned and not joined is unwound.
/// A panic in `main` goes on in the caller.
///
/// # Errors
/// `Deadlock` when no coroutine can ever go on, and `main` has not ended.
/// EMFILE, ENOMEM: no descriptor for the poller, no stack.
pub fn run<T: 'static>(main: impl FnOnce() -> T + 'static) -> io::Result<T> {
    let scheduler = Rc::new(Scheduler::new()?);
    let _here = enter(&scheduler)?;
    let main = spawn(main)?;
    let result = scheduler.turn_until(|| main.is_done());
    scheduler.close();
    result?;
    match main.take() {
        Some(Ok(value)) => Ok(value),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(io::ErrorKind::Interrupted.into()),
    }
}

impl Scheduler {
    fn turn_until(&self, done: impl Fn() -> bool) -> io::Result<()> {
        let mut woken = Vec::new();
        loop {
            // One turn: who is added meanwhile comes with the next.
            let turn = self.queue.borrow().len();
            for _ in 0..turn {
                let next = self.queue.borrow_mut().pop_front();
                self.look_ahead();
                next.into_iter().for_each(|task| self.resume(task));
                if done() {
                    return Ok(());
                }
            }
            let empty = self.queue.borrow().is_empty();
            if empty && self.reactor.borrow().is_idle() {
                return Err(self.deadlock());
            }
            self.reactor.borrow_mut().poll(empty, &mut woken)?;
            woken.drain(..).for_each(|ticket| self.wake(ticket));
        }
    }

    /// Asks for the memory that the next one needs first. It comes while
    /// another one runs, which saves a wait for it.
    fn look_ahead(&self) {
        if let Some(&next) = self.queue.borrow().front() {
            let tasks = self.tasks.borrow();
            tasks[next].coroutine.iter().for_each(Coroutine::touch);
        }
    }

    fn resume(&self, number: usize) {
        let coroutine = self.tasks.borrow_mut()[number].coroutine.take();
        let Some(mut coroutine) = coroutine else { return };
        self.running.set(number);
        // Nothing is borrowed now: the coroutine may spawn, wake and park.
        let result = coroutine.try_resume(());
        if let Ok(State::Yielded(())) = result {
            self.tasks.borrow_mut()[number].coroutine = Some(coroutine);
            return;
        }
        let joined = self.end(number);
        if let (Err(panic), Some(joined)) = (result, joined) {
            // It has unwound to its own end, and goes no further.
            joined.panicked(panic);
        }
    }
    // ANCHOR_END: run

    /// A coroutine has ended: its number is free.
    fn end(&self, number: usize) -> Option<Rc<dyn Joined>> {
        let task = &mut self.tasks.borrow_mut()[number];
        task.turn += 1;
        task.yielder = None;
        self.free.borrow_mut().push(number);
        task.joined.take()
    }

    // ANCHOR: wake
    /// Ends the wait that the ticket stands for.
    pub(crate) fn wake(&self, ticket: Ticket) {
        let task = &mut self.tasks.borrow_mut()[ticket.task];
        if task.parked && task.turn == ticket.turn {
            task.parked = false;
            task.turn += 1;
            self.queue.borrow_mut().push_back(ticket.task);
        }
    }

    /// For the next wait of the coroutine that runs.
    #[inline(always)]
    pub(crate) fn ticket(&self) -> Ticket {
        let task = self.running.get();
        Ticket { task, turn: self.tasks.borrow()[task].turn }
    }

    /// Suspends the coroutine that runs, until somebody wakes it.
    ///
    /// Inlined, as all on the way to a switch: the processor expects a `ret`
    /// to go where the last `call` came from, and after a switch it doesn't.
    /// Each function that returns after one costs a guess that was wrong.
    #[inline(always)]
    pub(crate) fn park(&self) {
        self.tasks.borrow_mut()[self.running.get()].parked = true;
        self.suspend();
    }
    // ANCHOR_END: wake

    #[inline(always)]
    fn suspend(&self) {
        let yielder = self.tasks.borrow()[self.running.get()].yielder;
        if let Some(yielder) = yielder {
            // SAFETY: the coroutine that runs has noted it, and it lies on
            // its stack until it ends; this is called on that stack, or on
            // one of a coroutine that it has resumed.
            unsafe { yielder.as_ref() }.suspend(());
        }
    }

    fn new() -> io::Result<Self> {
        Ok(Scheduler {
            reactor: RefCell::new(Reactor::new()?),
            queue: RefCell::default(),
            tasks: RefCell::default(),
            free: RefCell::default(),
            running: Cell::new(0),
            closing: Cell::new(false),
        })
    }

    fn deadlock(&self) -> io::Error {
        let all = self.tasks.borrow();
        let parked = all.iter().filter(|task| task.parked).count();
        let why = format!(
            "{parked} coroutines wait for each other, and none for a socket \
             or a time"
        );
        io::Error::new(io::ErrorKind::Deadlock, why)
    }

    /// Unwinds all that have not ended.
    fn close(&self) {
        self.closing.set(true);
        let count = self.tasks.borrow().len();
        for number in 0..count {
            self.running.set(number);
            let coroutine = self.tasks.borrow_mut()[number].coroutine.take();
            drop(coroutine);
            drop(self.end(number));
        }
    }

    fn add(
        &self,
        stack: Stack,
        name: Option<&str>,
        joined: Rc<dyn Joined>,
        body: impl FnOnce() + 'static,
    ) {
        let number = self.free.borrow_mut().pop().unwrap_or_else(|| {
            self.tasks.borrow_mut().push(Task::default());
            self.tasks.borrow().len() - 1
        });
        let name = name.map_or_else(|| number.to_string(), str::to_string);
        let coroutine = Coroutine::on(stack, &name, move |yielder, ()| {
            here().tasks.borrow_mut()[number].yielder = Some(yielder.into());
            body();
        });
        let task = &mut self.tasks.borrow_mut()[number];
        task.coroutine = Some(coroutine);
        task.joined = Some(joined);
        task.parked = false;
        self.queue.borrow_mut().push_back(number);
    }
}

/// What a coroutine gets beside its function, as `std::thread::Builder` does
/// it for a thread.
#[derive(Default)]
pub struct Builder {
    name: Option<String>,
    stack: Option<usize>,
}

impl Builder {
    /// A coroutine named by its number, with a stack of 256 KiB.
    pub fn new() -> Self {
        Builder::default()
    }

    /// Named so, where trouble is told.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_string());
        self
    }

    /// With a stack of at least so many bytes.
    pub fn stack(mut self, bytes: usize) -> Self {
        self.stack = Some(bytes);
        self
    }

    /// Adds the coroutine at the end of the queue.
    ///
    /// # Errors
    /// No room for one more stack: see [`Stack::map`]. And
    /// `ConnectionAborted` once the scheduler ends.
    ///
    /// # Panics
    /// Outside of [`run`].
    pub fn spawn<T: 'static>(
        self,
        function: impl FnOnce() -> T + 'static,
    ) -> io::Result<Join<T>> {
        let scheduler = here();
        if scheduler.closing.get() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let stack = match self.stack {
            Some(size) if size != stack::DEFAULT => Stack::map(size)?,
            _ => Stack::take()?,
        };
        let join = Join::new();
        let (joined, told) = (join.joined(), join.teller());
        let body = move || told(function());
        scheduler.add(stack, self.name.as_deref(), joined, body);
        Ok(join)
    }
}

// ANCHOR: spawn
/// Adds a coroutine at the end of the queue; it runs when it is its turn.
///
/// # Errors
/// Those of [`Builder::spawn`].
///
/// # Panics
/// Outside of [`run`].
pub fn spawn<T: 'static>(
    function: impl FnOnce() -> T + 'static,
) -> io::Result<Join<T>> {
    Builder::new().spawn(function)
}

/// Lets the others run: goes to the end of the queue.
///
/// # Panics
/// Outside of [`run`].
pub fn yield_now() {
    let scheduler = here();
    scheduler.queue.borrow_mut().push_back(scheduler.running.get());
    scheduler.suspend();
}

/// Waits, and lets the others run meanwhile.
///
/// # Panics
/// Outside of [`run`].
pub fn sleep(time: Duration) {
    let scheduler = here();
    let ticket = scheduler.ticket();
    scheduler.reactor.borrow_mut().at(Instant::now() + time, ticket);
    scheduler.park();
}

/// Waits until a descriptor is ready, or the time is over.
///
/// # Errors
/// `TimedOut`.
#[inline(always)]
pub(crate) fn wait(
    watch: &Rc<Watch<Ticket>>,
    direction: Direction,
    limit: Option<Duration>,
) -> io::Result<()> {
    let scheduler = here();
    let until = limit.map(|time| Instant::now() + time);
    let who = scheduler.ticket();
    let mut reactor = scheduler.reactor.borrow_mut();
    let number = reactor.wait_for(watch, direction, until, who);
    drop(reactor);

    scheduler.park();

    let mut reactor = scheduler.reactor.borrow_mut();
    match reactor.give_up(watch, direction, number) {
        true => Err(io::ErrorKind::TimedOut.into()),
        false => Ok(()),
    }
}
// ANCHOR_END: spawn

/// The scheduler of this thread.
///
/// # Panics
/// Outside of [`run`].
#[inline]
pub(crate) fn here() -> Rc<Scheduler> {
    match try_here() {
        Some(scheduler) => scheduler,
        None => panic!("no scheduler in this thread: call it inside of run()"),
    }
}

/// The scheduler of this thread, where there is one.
pub(crate) fn try_here() -> Option<Rc<Scheduler>> {
    HERE.try_with(|here| here.borrow().clone()).ok().flatten()
}

/// Makes a scheduler that of this thread, until the guard is dropped.
fn enter(scheduler: &Rc<Scheduler>) -> io::Result<impl Drop + use<>> {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            HERE.with(|here| here.borrow_mut().take());
        }
    }
    HERE.with(|here| {
        let mut here = here.borrow_mut();
        if here.is_some() {
            let why = "a scheduler runs in this thread already";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        *here = Some(scheduler.clone());
        Ok(Guard)
    })
}

/// What a panic has thrown.
pub type Panic = Box<dyn Any + Send>;
