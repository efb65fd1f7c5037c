//! How requests run: here, in a thread, in a process, in one of a pool.
//!
//! In Python these are mix-ins: `ThreadingMixIn` and `ForkingMixIn` override
//! `process_request` of whatever class they are mixed into.

use std::io;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::shared::Open;
use crate::signals::asking;
use crate::{fork, stop};

/// How much longer a child waits than its parent, which kills it.
const MORE: Duration = Duration::from_secs(5);

/// A request and its handler, ready to run.
pub struct Job {
    /// Does it. Never panics: the server has seen to it.
    pub run: Box<dyn FnOnce() + Send>,
    /// What keeps the connection open: to be dropped when the job is done,
    /// and no longer counted as busy.
    pub open: Open,
    /// What to call it.
    pub name: String,
    /// The connection, where there is one.
    pub connection: Option<RawFd>,
    /// Descriptors that are none of a child's business.
    pub leave: Vec<RawFd>,
    /// Whether signals are blocked, for somebody to read.
    pub signals: bool,
    /// How long a stop waits.
    pub patience: Duration,
}

// ANCHOR: model
/// How a server runs its requests.
pub trait Model {
    /// Whether jobs run in the very thread that waits for requests.
    const HERE: bool = false;

    /// Whether jobs are processes, whose end the kernel tells by SIGCHLD.
    const CHILDREN: bool = false;

    /// Runs a job, or starts it.
    ///
    /// # Errors
    /// Those of the system, which has no more threads or processes.
    fn run(&mut self, job: Job) -> io::Result<Ran>;

    /// Jobs that were started and haven't ended.
    fn busy(&mut self) -> usize;

    /// Asks those for their end who don't share this process's memory.
    fn ask(&mut self) {}

    /// Gives up those that are left: how many, and what became of them.
    fn give_up(&mut self) -> (usize, &'static str);
}

/// What came of [`Model::run`].
pub enum Ran {
    /// It goes on.
    Started,
    /// It is done.
    Done,
    /// It is done, and a signal asked for the end meanwhile.
    Asked,
}
// ANCHOR_END: model

// ANCHOR: sequential
/// One after the other, in the thread that waits for them. A handler that
/// never returns holds up a stop, too, unless signals ask for it: see
/// [`signals`](crate::Server::signals).
#[derive(Default)]
pub struct Sequential;

impl Model for Sequential {
    const HERE: bool = true;

    fn run(&mut self, job: Job) -> io::Result<Ran> {
        let Job { run, open: _open, connection, patience, .. } = job;
        if !job.signals {
            run();
            return Ok(Ran::Done);
        }
        let asked = stop::asked_while(asking(), connection, patience, run)?;
        Ok(if asked { Ran::Asked } else { Ran::Done })
    }

    fn busy(&mut self) -> usize {
        0
    }

    fn give_up(&mut self) -> (usize, &'static str) {
        (0, "")
    }
}
// ANCHOR_END: sequential

// ANCHOR: threading
/// A thread for each.
#[derive(Default)]
pub struct Threading {
    running: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl Model for Threading {
    fn run(&mut self, job: Job) -> io::Result<Ran> {
        join(self.threads.extract_if(.., |thread| thread.is_finished()));
        let here = Here::new(&self.running);
        let Job { run, open, name, .. } = job;
        let thread = thread::Builder::new().name(name).spawn(move || {
            run();
            // In this order: who sees the end and calls again isn't one
            // too many.
            drop(here);
            drop(open);
        })?;
        self.threads.push(thread);
        Ok(Ran::Started)
    }

    fn busy(&mut self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    fn give_up(&mut self) -> (usize, &'static str) {
        let left = self.busy();
        if left == 0 {
            join(self.threads.drain(..));
        }
        (left, "abandoned")
    }
}
// ANCHOR_END: threading

/// Waits for threads that have no more to do.
fn join(threads: impl Iterator<Item = JoinHandle<()>>) {
    // None has panicked: a job doesn't.
    threads.for_each(|thread| drop(thread.join()));
}

/// One of those that are counted, until it is dropped.
struct Here(Arc<AtomicUsize>);

impl Here {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Here(count.clone())
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

// ANCHOR: forking
/// A process for each.
#[derive(Default)]
pub struct Forking {
    children: Vec<Pid>,
}

impl Model for Forking {
    const CHILDREN: bool = true;

    fn run(&mut self, job: Job) -> io::Result<Ran> {
        let Job { run, open: _open, connection, patience, leave, .. } = job;
        // The parent's is the shorter one.
        let patience = patience + MORE;
        let child = fork::fork(&leave, move || {
            // Ctrl-C goes to all processes of a terminal. The parent will
            // ask by SIGTERM, in its own time: SIGINT stays blocked.
            let signals = SigSet::from(Signal::SIGTERM);
            let _ = stop::asked_while(signals, connection, patience, run);
        })?;
        // The child has a copy of the connection; `_open` closes this one.
        self.children.push(child);
        Ok(Ran::Started)
    }

    fn busy(&mut self) -> usize {
        self.reap(Some(WaitPidFlag::WNOHANG));
        self.children.len()
    }

    fn ask(&mut self) {
        for child in &self.children {
            // Not reaped, so the number is still this child's.
            let _ = kill(*child, Signal::SIGTERM);
        }
    }

    fn give_up(&mut self) -> (usize, &'static str) {
        let left = self.busy();
        for child in &self.children {
            let _ = kill(*child, Signal::SIGKILL);
        }
        self.reap(None);
        (left, "killed")
    }
}

impl Forking {
    /// Takes the status of each child that has ended: `waitpid(2)`. Until
    /// then it is a zombie, a line in the table of processes.
    fn reap(&mut self, flags: Option<WaitPidFlag>) {
        self.children.retain(|child| {
            let status = waitpid(*child, flags);
            matches!(status, Ok(WaitStatus::StillAlive))
        });
    }
}
// ANCHOR_END: forking

// ANCHOR: pool
/// So many threads, started once; and a queue.
pub struct Pool {
    /// None when the pool is closed.
    jobs: Option<Sender<Work>>,
    running: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

type Work = Box<dyn FnOnce() + Send>;

impl Pool {
    /// Starts the threads; at least one.
    ///
    /// # Errors
    /// Those of pthread_create(3): EAGAIN.
    pub fn new(threads: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let start = |number| {
            let queue = queue.clone();
            thread::Builder::new()
                .name(format!("worker {number}"))
                .spawn(move || work(&queue))
        };
        let threads = (1..=threads.max(1)).map(start).collect::<Result<_, _>>();
        let (jobs, threads) = (Some(jobs), threads?);
        Ok(Pool { jobs, running: Arc::default(), threads })
    }
}

/// Until the pool is closed. One waits with the lock, the others for it.
fn work(queue: &Mutex<Receiver<Work>>) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(job) = next() {
        job();
    }
}

impl Model for Pool {
    fn run(&mut self, job: Job) -> io::Result<Ran> {
        let here = Here::new(&self.running);
        let Job { run, open, .. } = job;
        let job: Work = Box::new(move || {
            run();
            drop(here);
            drop(open);
        });
        // Its threads end with the pool, and not before.
        let sent = self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok());
        sent.ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Ran::Started)
    }

    fn busy(&mut self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    fn give_up(&mut self) -> (usize, &'static str) {
        self.jobs = None;
        let left = self.busy();
        if left == 0 {
            join(self.threads.drain(..));
        }
        (left, "abandoned")
    }
}
// ANCHOR_END: pool
