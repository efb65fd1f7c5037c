//! Many futures in one thread: the same as `scheduler.rs`,
//! without stacks.
//!
//! ```text
//!            ┌──────────── yield_now ────────────┐
//!            ↓                                   │
//! spawn → run queue ──── poll ────→ the one that runs ─→ Ready
//!            ↑                                   │
//!            └── wake ── pending: a socket, a ←──┘ Pending
//!                        time, another future
//! ```
//!
//! The compiler turns an `async fn` into a state machine: what it needs
//! after an `.await` is a field of it, not on a stack. A wait returns
//! `Pending` through all callers up to [`run`]; to go on, the outermost is
//! polled again, and each `.await` on the way leads down to the wait. So no
//! stack is switched, and every function on the way must be `async`.
//!
//! A shortcut: a [`Waker`] may be sent to another thread, and what that
//! wakes is noticed with the next event only. tokio has an eventfd for it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use crate::reactor::{Direction, Reactor, Watch};

// ANCHOR: executor
/// What a thread's executor knows.
pub(crate) struct Executor {
    pub(crate) reactor: RefCell<Reactor<Waker>>,
    /// Who can go on, in order.
    queue: Queue,
    /// All that have not ended, by their numbers.
    tasks: RefCell<Vec<Option<Task>>>,
    /// Numbers whose futures have ended.
    free: RefCell<Vec<usize>>,
    closing: Cell<bool>,
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A waker may be sent to other threads, so that this is locked.
type Queue = Arc<Mutex<VecDeque<usize>>>;

/// A future, for whoever shall wake it. To wake it twice does no harm: a
/// future that is polled in vain is pending again.
struct Ticket {
    task: usize,
    queue: Queue,
}
// ANCHOR_END: executor

thread_local! {
    /// The executor that runs in this thread.
    static HERE: RefCell<Option<Rc<Executor>>> = const { RefCell::new(None) };
}

// ANCHOR: run
/// Runs `main` as the first future, and gives what it returns.
///
/// When `main` has ended, whatever it has spawned and not joined is dropped.
/// A panic in `main` goes on in the caller.
///
/// # Errors
/// `Deadlock` when no future can ever go on, and `main` has not ended.
/// EMFILE: no descriptor for the poller.
pub fn run<T: 'static>(
    main: impl Future<Output = T> + 'static,
) -> io::Result<T> {
    let executor = Rc::new(Executor::new()?);
    let _here = enter(&executor)?;
    let main = spawn(main)?;
    let result = executor.turn_until(|| main.is_done());
    executor.close();
    result?;
    match main.take() {
        Some(Ok(value)) => Ok(value),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(io::ErrorKind::Interrupted.into()),
    }
}

impl Executor {
    fn turn_until(&self, done: impl Fn() -> bool) -> io::Result<()> {
        let mut woken = Vec::new();
        loop {
            // One turn: who is added meanwhile comes with the next.
            let turn = locked(&self.queue, |queue| queue.len());
            for _ in 0..turn {
                let next = locked(&self.queue, VecDeque::pop_front);
                next.into_iter().for_each(|task| self.poll(task));
                if done() {
                    return Ok(());
                }
            }
            let empty = locked(&self.queue, |queue| queue.is_empty());
            if empty && self.reactor.borrow().is_idle() {
                return Err(self.deadlock());
            }
            self.reactor.borrow_mut().poll(empty, &mut woken)?;
            woken.drain(..).for_each(Waker::wake);
        }
    }

    fn poll(&self, number: usize) {
        let task = self.tasks.borrow_mut()[number].take();
        let Some(mut task) = task else { return };
        let queue = self.queue.clone();
        let waker = Waker::from(Arc::new(Ticket { task: number, queue }));
        // Nothing is borrowed now: the future may spawn, and wake others.
        match task.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => {
                self.tasks.borrow_mut()[number] = Some(task);
            }
            Poll::Ready(()) => self.free.borrow_mut().push(number),
        }
    }
    // ANCHOR_END: run

    fn new() -> io::Result<Self> {
        Ok(Executor {
            reactor: RefCell::new(Reactor::new()?),
            queue: Arc::default(),
            tasks: RefCell::default(),
            free: RefCell::default(),
            closing: Cell::new(false),
        })
    }

    fn deadlock(&self) -> io::Error {
        let tasks = self.tasks.borrow();
        let pending = tasks.iter().filter(|task| task.is_some()).count();
        let why = format!(
            "{pending} futures wait for each other, and none for a socket \
             or a time"
        );
        io::Error::new(io::ErrorKind::Deadlock, why)
    }

    /// Drops all that have not ended.
    fn close(&self) {
        self.closing.set(true);
        let count = self.tasks.borrow().len();
        for number in 0..count {
            let task = self.tasks.borrow_mut()[number].take();
            drop(task);
        }
    }

    fn add(&self, task: Task) {
        let number = self.free.borrow_mut().pop().unwrap_or_else(|| {
            self.tasks.borrow_mut().push(None);
            self.tasks.borrow().len() - 1
        });
        self.tasks.borrow_mut()[number] = Some(task);
        locked(&self.queue, |queue| queue.push_back(number));
    }
}

// ANCHOR: wake
impl Wake for Ticket {
    /// Ends the wait of a future: it is polled again.
    fn wake(self: Arc<Self>) {
        locked(&self.queue, |queue| queue.push_back(self.task));
    }
}
// ANCHOR_END: wake

// ANCHOR: spawn
/// Adds a future at the end of the queue; it is polled when it is its turn.
///
/// # Errors
/// `ConnectionAborted` once the executor ends.
///
/// # Panics
/// Outside of [`run`].
pub fn spawn<T: 'static>(
    future: impl Future<Output = T> + 'static,
) -> io::Result<Join<T>> {
    let executor = here();
    if executor.closing.get() {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let join = Join(Rc::new(End {
        result: RefCell::default(),
        waiter: RefCell::default(),
    }));
    let end = join.0.clone();
    executor.add(Box::pin(async move { end.tell(caught(future).await) }));
    Ok(join)
}

/// Lets the others run: goes to the end of the queue.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// Waits, and lets the others run meanwhile.
///
/// # Panics
/// Outside of [`run`].
pub async fn sleep(time: Duration) {
    let until = Instant::now() + time;
    poll_fn(|context| {
        if Instant::now() >= until {
            return Poll::Ready(());
        }
        let who = context.waker().clone();
        here().reactor.borrow_mut().at(until, who);
        Poll::Pending
    })
    .await
}

/// Waits until a descriptor is ready, or the time is over.
///
/// # Errors
/// `TimedOut`.
pub(crate) async fn wait(
    watch: &Rc<Watch<Waker>>,
    direction: Direction,
    limit: Option<Duration>,
) -> io::Result<()> {
    let until = limit.map(|time| Instant::now() + time);
    let mut waiting = Waiting { watch, direction, number: None };
    poll_fn(|context| {
        if waiting.end() && until.is_some_and(|it| it <= Instant::now()) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if watch.is_ready(direction) {
            return Poll::Ready(Ok(()));
        }
        waiting.begin(context.waker(), until);
        Poll::Pending
    })
    .await
}
// ANCHOR_END: spawn

/// A wait. A future may be dropped in the middle of it.
struct Waiting<'a> {
    watch: &'a Rc<Watch<Waker>>,
    direction: Direction,
    number: Option<u64>,
}

impl Waiting<'_> {
    fn begin(&mut self, who: &Waker, until: Option<Instant>) {
        let executor = here();
        let mut reactor = executor.reactor.borrow_mut();
        let (watch, who) = (self.watch, who.clone());
        let number = reactor.wait_for(watch, self.direction, until, who);
        self.number = Some(number);
    }

    /// Whether it was still on the list.
    fn end(&mut self) -> bool {
        let (Some(number), Some(executor)) = (self.number.take(), try_here())
        else {
            return false;
        };
        let mut reactor = executor.reactor.borrow_mut();
        reactor.give_up(self.watch, self.direction, number)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// A future's end, for whoever wants to wait for it. Dropped, it lets the
/// future run on by itself.
pub struct Join<T>(Rc<End<T>>);

struct End<T> {
    result: RefCell<Option<thread::Result<T>>>,
    waiter: RefCell<Option<Waker>>,
}

impl<T> End<T> {
    fn tell(&self, result: thread::Result<T>) {
        *self.result.borrow_mut() = Some(result);
        if let Some(waker) = self.waiter.take() {
            waker.wake();
        }
    }
}

impl<T> Join<T> {
    fn take(&self) -> Option<thread::Result<T>> {
        self.0.result.borrow_mut().take()
    }

    /// Whether the future has ended.
    pub fn is_done(&self) -> bool {
        self.0.result.borrow().is_some()
    }

    /// Waits until the future has ended. Gives what it returned, or what it
    /// panicked with.
    pub async fn join(self) -> thread::Result<T> {
        poll_fn(|context| match self.take() {
            Some(result) => Poll::Ready(result),
            None => {
                *self.0.waiter.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

/// Polls a future, and makes an error of its panic.
async fn caught<T>(future: impl Future<Output = T>) -> thread::Result<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let poll = AssertUnwindSafe(|| future.as_mut().poll(context));
        match catch_unwind(poll) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// The executor of this thread.
///
/// # Panics
/// Outside of [`run`].
pub(crate) fn here() -> Rc<Executor> {
    match try_here() {
        Some(executor) => executor,
        None => panic!("no executor in this thread: call it inside of run()"),
    }
}

/// The executor of this thread, where there is one.
pub(crate) fn try_here() -> Option<Rc<Executor>> {
    HERE.try_with(|here| here.borrow().clone()).ok().flatten()
}

/// Makes an executor that of this thread, until the guard is dropped.
fn enter(executor: &Rc<Executor>) -> io::Result<impl Drop + use<>> {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            HERE.with(|here| here.borrow_mut().take());
        }
    }
    HERE.with(|here| {
        let mut here = here.borrow_mut();
        if here.is_some() {
            let why = "an executor runs in this thread already";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        *here = Some(executor.clone());
        Ok(Guard)
    })
}

/// Nothing under the lock can panic, and so it can't be poisoned.
fn locked<T>(queue: &Queue, what: impl FnOnce(&mut VecDeque<usize>) -> T) -> T {
    what(&mut queue.lock().unwrap_or_else(PoisonError::into_inner))
}
