//! Two coroutines take turns, each on a stack of its own.
//!
//! ```text
//! main's stack     a's stack     b's stack
//! │ main     │     │ begin  │    │ begin  │
//! │ resume   │     │ a      │    │ b      │
//! └──────────┘     │ turn   │    │ turn   │
//!      ↑           └────────┘    └────────┘
//!     rsp ───────────→ rsp ───────→ rsp       one register, three stacks
//! ```
//!
//! The scheduler here is a queue and a loop. A coroutine tells it what it
//! wants: another turn, or a socket that has something to read.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use lesson_coroutines::coroutine::{Coroutine, State, Yielder};
use lesson_coroutines::stack::Stack;
use lesson_multiplexing::{Interest, Poll, Poller};
use narrator::explain;

use super::count_threads;
use super::stage::{Run, Stage, print};

/// What the reader may ask of the demo.
#[derive(Args, Default)]
pub struct Record {
    /// Print what happened as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

/// What a coroutine wants of the scheduler.
enum Wish {
    /// To go on when it is its turn again.
    Turn,
    /// To go on when this socket has something to read.
    Readable(Rc<UnixStream>),
}

/// A coroutine, and its name.
type Task = (&'static str, Coroutine<(), Wish, ()>);

/// One that waits, and for what.
type Waiter = (Task, Rc<UnixStream>);

/// Two take turns. For the widget, a third one waits for a socket, too.
pub fn run(record: Record) -> io::Result<()> {
    let (turns, waits) = (Stage::new(!record.json), Stage::new(false));
    two(&turns)?;
    if !record.json {
        return count_threads();
    }
    three(&waits)?;
    print(&[
        Run::new("turns", "Two coroutines take turns", &turns),
        Run::new("waits", "A third one waits for a socket", &waits),
    ])
}

// ANCHOR: two
fn two(stage: &Stage) -> io::Result<()> {
    let mut queue = VecDeque::new();
    for (who, last) in [("a", 3), ("b", 2)] {
        queue.push_back(counts(stage, who, last)?);
    }
    schedule(stage, queue)
}

/// A coroutine that counts, and lets the others run after each number.
fn counts(stage: &Stage, who: &'static str, last: u32) -> io::Result<Task> {
    let tell = stage.clone();
    new(stage, who, move |yielder, ()| {
        let _frame = tell.frame(who, who, &yielder);
        for number in 1..=last {
            let whose = tell.whose_stack(&number);
            tell.say(who, "count", format!("{number}, {whose}"), COUNT);
            turn(&tell, who, yielder, Wish::Turn);
        }
    })
}

/// A call inside a coroutine: it is left from here, and goes on from here.
fn turn(
    tell: &Stage,
    who: &'static str,
    yielder: &Yielder<(), Wish>,
    wish: Wish,
) {
    let _frame = tell.frame(who, "turn", &who);
    yielder.suspend(wish);
}
// ANCHOR_END: two

/// `c` waits for a socket to which `b` writes on its second turn.
fn three(stage: &Stage) -> io::Result<()> {
    let (near, far) = UnixStream::pair()?;
    near.set_nonblocking(true)?;
    let queue = [
        counts(stage, "a", 3)?,
        writes(stage, "b", far)?,
        reads(stage, "c", Rc::new(near))?,
    ];
    schedule(stage, queue.into())
}

fn writes(
    stage: &Stage,
    who: &'static str,
    mut socket: UnixStream,
) -> io::Result<Task> {
    let tell = stage.clone();
    new(stage, who, move |yielder, ()| {
        let _frame = tell.frame(who, who, &yielder);
        turn(&tell, who, yielder, Wish::Turn);
        match socket.write_all(b"x") {
            Ok(()) => tell.say(who, "write", "1 byte to c".into(), WRITE),
            Err(error) => tell.say(who, "write", explain(&error), WRITE),
        }
        turn(&tell, who, yielder, Wish::Turn);
    })
}

fn reads(
    stage: &Stage,
    who: &'static str,
    socket: Rc<UnixStream>,
) -> io::Result<Task> {
    let tell = stage.clone();
    new(stage, who, move |yielder, ()| {
        let _frame = tell.frame(who, who, &yielder);
        while let Err(error) = (&*socket).read(&mut [0; 1]) {
            tell.say(who, "read", explain(&error), AGAIN);
            turn(&tell, who, yielder, Wish::Readable(socket.clone()));
        }
        tell.say(who, "read", "1 byte".into(), READ);
    })
}

/// Makes a coroutine, and says where its stack begins.
fn new(
    stage: &Stage,
    who: &'static str,
    body: impl FnOnce(&Yielder<(), Wish>, ()) + 'static,
) -> io::Result<Task> {
    let stack = Stack::take()?;
    stage.add(who, &stack);
    let coroutine = Coroutine::on(stack, who, body);
    let left = stage.left(who, coroutine.stack_pointer());
    stage.say("main", "new", format!("{who}, stack pointer {left}"), NEW);
    Ok((who, coroutine))
}

// ANCHOR: schedule
/// Resumes whoever is first in the queue, until nobody is left.
fn schedule(stage: &Stage, mut queue: VecDeque<Task>) -> io::Result<()> {
    let mut waiting: Vec<Waiter> = Vec::new();
    while let Some((who, mut coroutine)) = queue.pop_front() {
        show(stage, &queue, &waiting);
        let frame = stage.goes_to(who, RESUME);
        let state = coroutine.resume(());
        drop(frame);
        let left = stage.left(who, coroutine.stack_pointer());
        let (call, what, why) = match state {
            State::Yielded(Wish::Turn) => {
                queue.push_back((who, coroutine));
                ("suspend", left, SUSPEND)
            }
            State::Yielded(Wish::Readable(socket)) => {
                waiting.push(((who, coroutine), socket));
                ("suspend", left, WAIT)
            }
            State::Complete(()) => ("return", "for good".into(), RETURN),
        };
        show(stage, &queue, &waiting);
        stage.comes_from(who, call, what, why);
        poll(stage, &mut queue, &mut waiting)?;
    }
    Ok(())
}
// ANCHOR_END: schedule

/// Puts whoever need not wait any more into the queue.
fn poll(
    stage: &Stage,
    queue: &mut VecDeque<Task>,
    waiting: &mut Vec<Waiter>,
) -> io::Result<()> {
    let mut poller = Poll::new();
    for (_, socket) in &*waiting {
        poller.register(socket.as_fd(), Interest::READ)?;
    }
    let mut events = Vec::new();
    poller.wait(Some(Duration::ZERO), &mut events)?;
    for event in events {
        let is_it = |(_, socket): &Waiter| socket.as_raw_fd() == event.fd;
        let Some(place) = waiting.iter().position(is_it) else { continue };
        let (task, _) = waiting.remove(place);
        let what = format!("{}'s socket is readable", task.0);
        queue.push_back(task);
        show(stage, queue, waiting);
        stage.say("main", "poll", what, POLL);
    }
    Ok(())
}

fn show(stage: &Stage, queue: &VecDeque<Task>, waiting: &[Waiter]) {
    let queue = queue.iter().map(|task| task.0).collect();
    let waiting = waiting.iter().map(|(task, _)| task.0).collect();
    stage.show(queue, waiting);
}

const NEW: &str = "Its stack is laid out as if it had been left before. The \
                   word on top says where it begins.";
const RESUME: &str = "The stack pointer goes over to this stack, and the \
                      function there goes on where it was.";
const COUNT: &str = "An ordinary loop. Its variable lies on the coroutine's \
                     own stack, and is there the next time.";
const SUSPEND: &str = "The stack stays as it is, with all the functions on \
                       it. The coroutine is last in the queue.";
const WAIT: &str = "It isn't in the queue: nobody resumes it before its \
                    socket has something to read.";
const RETURN: &str = "Its function has returned. The stack is free for the \
                      next coroutine.";
const WRITE: &str = "The kernel has a byte for c, and c doesn't know it yet.";
const AGAIN: &str = "The call would have waited, and the whole thread with \
                     it. So it says EAGAIN, and the coroutine waits.";
const READ: &str = "The same call on the same line, tried again.";
const POLL: &str = "The poller knows. Whoever has waited is in the queue \
                    again.";
