//! What happens in `switch`: told line by line, or recorded for the widget.
//!
//! It knows which functions are on which stack, since each tells when it
//! begins and ends; and it compares addresses with the stacks' bounds, so
//! that what it says of them is true.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use lesson_coroutines::stack::Stack;
use narrator::{line, say};
use serde::Serialize;

type Who = &'static str;

/// Shared by all that take part.
#[derive(Clone)]
pub struct Stage(Rc<Inner>);

struct Inner {
    aloud: bool,
    steps: RefCell<Vec<Step>>,
    now: RefCell<Now>,
}

struct Now {
    running: Who,
    queue: Vec<Who>,
    waiting: Vec<Who>,
    /// The functions on each stack, and where each has a variable.
    frames: BTreeMap<Who, Vec<(&'static str, usize)>>,
    /// Each coroutine's stack: its top, and how many bytes.
    stacks: BTreeMap<Who, (usize, usize)>,
    /// Where each was left: under so many functions. None after its end.
    left: BTreeMap<Who, Option<usize>>,
}

/// A function on a stack, until this is dropped.
pub struct Frame(Stage, Who);

impl Drop for Frame {
    fn drop(&mut self) {
        let mut now = self.0.0.now.borrow_mut();
        now.frames.entry(self.1).or_default().pop();
    }
}

impl Stage {
    /// Tells, or only records.
    pub fn new(aloud: bool) -> Self {
        let now = Now {
            running: "main",
            queue: Vec::new(),
            waiting: Vec::new(),
            frames: BTreeMap::from([("main", vec![("main", usize::MAX)])]),
            stacks: BTreeMap::new(),
            left: BTreeMap::new(),
        };
        let (steps, now) = (RefCell::default(), RefCell::new(now));
        Stage(Rc::new(Inner { aloud, steps, now }))
    }

    /// A coroutine's stack, on which nothing has run.
    pub fn add(&self, who: Who, stack: &Stack) {
        let top = stack.top() as usize;
        let mut now = self.0.now.borrow_mut();
        now.stacks.insert(who, (top, stack.size()));
        now.frames.insert(who, vec![("begin", top)]);
        now.queue.push(who);
    }

    /// A function begins, and has this variable.
    pub fn frame<T>(
        &self,
        who: Who,
        function: &'static str,
        variable: &T,
    ) -> Frame {
        let address = std::ptr::from_ref(variable) as usize;
        let mut now = self.0.now.borrow_mut();
        now.frames.entry(who).or_default().push((function, address));
        Frame(self.clone(), who)
    }

    /// On whose stack a variable lies.
    pub fn whose_stack<T>(&self, variable: &T) -> String {
        let address = std::ptr::from_ref(variable) as usize;
        let now = self.0.now.borrow();
        let is_it = |(_, (top, size)): &(&Who, &(usize, usize))| {
            (top - size..*top).contains(&address)
        };
        let whose = now.stacks.iter().find(is_it).map_or("main", |it| it.0);
        format!("on {whose}'s stack")
    }

    /// Where a coroutine was left, seen from the top of its stack.
    pub fn left(&self, who: Who, pointer: *const u8) -> String {
        let pointer = pointer as usize;
        let mut now = self.0.now.borrow_mut();
        let (top, _) = now.stacks.get(who).copied().unwrap_or_default();
        let above = now
            .frames
            .get(who)
            .map(|frames| frames.iter().filter(|it| it.1 >= pointer).count());
        if pointer == 0 {
            now.frames.insert(who, Vec::new());
            now.left.insert(who, None);
            return "at no place".into();
        }
        now.left.insert(who, above);
        format!("at top - {}", top.saturating_sub(pointer))
    }

    /// Who is in the queue, and who waits for a socket.
    pub fn show(&self, queue: Vec<Who>, waiting: Vec<Who>) {
        let mut now = self.0.now.borrow_mut();
        (now.queue, now.waiting) = (queue, waiting);
    }

    /// Main is about to resume a coroutine.
    pub fn goes_to(&self, who: Who, why: &'static str) -> Frame {
        let frame = self.frame("main", "resume", &who);
        let mut now = self.0.now.borrow_mut();
        let above = now.frames["main"].len();
        now.left.insert("main", Some(above));
        now.left.remove(who);
        now.running = who;
        drop(now);
        self.say("main", "resume", who.to_string(), why);
        frame
    }

    /// A coroutine has gone back to main.
    pub fn comes_from(
        &self,
        who: Who,
        call: &'static str,
        what: String,
        why: &'static str,
    ) {
        let mut now = self.0.now.borrow_mut();
        now.running = "main";
        now.left.remove("main");
        drop(now);
        self.say(who, call, what, why);
    }

    /// Tells a step, and notes how things stand after it.
    pub fn say(
        &self,
        who: Who,
        call: &'static str,
        what: String,
        why: &'static str,
    ) {
        if self.0.aloud {
            say(who, call, &what);
        }
        let now = self.0.now.borrow();
        let names = |frames: &Vec<(&'static str, usize)>| {
            frames.iter().map(|frame| frame.0).collect()
        };
        let stacks = now.frames.iter().map(|(who, it)| (*who, names(it)));
        let step = Step {
            who,
            call,
            what: without_numbers(&what).to_string(),
            why,
            running: now.running,
            queue: now.queue.clone(),
            waiting: now
                .waiting
                .iter()
                .map(|who| Waiting { who, reason: "readable" })
                .collect(),
            stacks: stacks.collect(),
            left: now.left.clone(),
        };
        self.0.steps.borrow_mut().push(step);
    }
}

/// A run, for the widget.
#[derive(Serialize)]
pub struct Run {
    label: &'static str,
    title: &'static str,
    steps: Vec<Step>,
}

impl Run {
    /// What was recorded on a stage.
    pub fn new(
        label: &'static str,
        title: &'static str,
        stage: &Stage,
    ) -> Self {
        Run { label, title, steps: stage.0.steps.take() }
    }
}

/// Who did what, and how things stand after it.
#[derive(Serialize)]
struct Step {
    who: Who,
    call: &'static str,
    what: String,
    why: &'static str,
    /// Whose stack the stack pointer is on.
    running: Who,
    queue: Vec<Who>,
    waiting: Vec<Waiting>,
    /// The functions on each stack, the first one called first.
    stacks: BTreeMap<Who, Vec<&'static str>>,
    /// Below how many of them the stack pointer of each was left that isn't
    /// running, by its address. None after its end.
    left: BTreeMap<Who, Option<usize>>,
}

/// Who waits for its socket, and what for.
#[derive(Serialize)]
struct Waiting {
    who: Who,
    #[serde(rename = "for")]
    reason: &'static str,
}

/// Without what the compiler decides: that is for the transcript only.
fn without_numbers(what: &str) -> &str {
    match what.split_once("at top - ") {
        Some((before, _)) => before.trim_end_matches(", stack pointer "),
        None => what,
    }
}

/// Prints the runs as the widget takes them.
pub fn print(runs: &[Run]) -> io::Result<()> {
    #[derive(Serialize)]
    struct Recording<'a> {
        demo: &'static str,
        runs: &'a [Run],
    }
    let recording = Recording { demo: "switch", runs };
    let text = serde_json::to_string_pretty(&recording);
    line(text.map_err(io::Error::other)?);
    Ok(())
}
