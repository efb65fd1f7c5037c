//! A ring without a kernel: whoever makes it decides what completes, when,
//! and in which order.
//!
//! For tests of code that uses [`Rings`]. A kernel completes operations in
//! whatever order the network brings; here the worst order can be had, each
//! time, on a machine without io_uring too.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use nix::errno::Errno;

use crate::entry::{Completion, Entry, Refused, Rings};

/// What a submission gave to the model, as its script sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// That of the entry.
    pub user_data: u64,
    /// The name of the call: [`Operation::name`](crate::Operation::name).
    pub name: &'static str,
    /// IOSQE_IO_LINK.
    pub linked: bool,
    /// For a cancel, what it cancels; for a time-out, its milliseconds.
    pub about: u64,
    /// The bytes of the buffer.
    pub bytes: Vec<u8>,
}

/// What the script lets complete.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The operation.
    pub user_data: u64,
    /// What comes of it.
    pub result: Result<usize, Errno>,
    /// What a recv puts into its buffer.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// So many bytes were sent, or 0 for whatever counts nothing.
    pub fn count(user_data: u64, count: usize) -> Self {
        Answer { user_data, result: Ok(count), bytes: Vec::new() }
    }

    /// These bytes have come.
    pub fn bytes(user_data: u64, bytes: &[u8]) -> Self {
        Answer { user_data, result: Ok(bytes.len()), bytes: bytes.into() }
    }

    /// It failed.
    pub fn error(user_data: u64, errno: Errno) -> Self {
        Answer { user_data, result: Err(errno), bytes: Vec::new() }
    }
}

/// What comes of each submission: it is given the entries of this one, and
/// none where the program only waits.
type Script = Box<dyn FnMut(&[Submitted]) -> Vec<Answer> + Send>;

/// A ring whose script plays the kernel.
pub struct Model {
    entries: usize,
    script: Script,
    queued: Vec<Entry>,
    in_flight: Vec<Entry>,
    completed: VecDeque<Completion>,
    calls: usize,
}

impl Model {
    /// A ring with room for so many entries.
    pub fn new(
        entries: usize,
        script: impl FnMut(&[Submitted]) -> Vec<Answer> + Send + 'static,
    ) -> Self {
        Model {
            entries,
            script: Box::new(script),
            queued: Vec::new(),
            in_flight: Vec::new(),
            completed: VecDeque::new(),
            calls: 0,
        }
    }

    /// How many operations have been pushed, and not been reaped.
    pub fn open(&self) -> usize {
        self.queued.len() + self.in_flight.len() + self.completed.len()
    }

    /// How many times the kernel was entered.
    pub fn calls(&self) -> usize {
        self.calls
    }

    fn holds(&self, user_data: u64) -> bool {
        let is = |entry: &Entry| entry.user_data == user_data;
        self.queued.iter().any(is)
            || self.in_flight.iter().any(is)
            || self.completed.iter().any(|c| c.user_data == user_data)
    }

    fn complete(&mut self, answer: Answer) {
        let is = |entry: &Entry| entry.user_data == answer.user_data;
        let Some(place) = self.in_flight.iter().position(is) else { return };
        let mut entry = self.in_flight.swap_remove(place);
        if let crate::Operation::Recv(_, buffer) = &mut entry.operation {
            let count = answer.bytes.len().min(buffer.len());
            buffer[..count].copy_from_slice(&answer.bytes[..count]);
        }
        self.completed.push_back(Completion {
            user_data: entry.user_data,
            result: answer.result.map_err(io::Error::from),
            operation: entry.operation,
            opened: None,
        });
    }
}

impl Rings for Model {
    fn room(&self) -> usize {
        self.entries - self.queued.len()
    }

    fn push(&mut self, entry: Entry) -> Result<(), Refused> {
        match entry {
            entry if self.holds(entry.user_data) => {
                Err(Refused::InFlight(entry))
            }
            entry if self.room() == 0 => Err(Refused::Full(entry)),
            entry => {
                self.queued.push(entry);
                Ok(())
            }
        }
    }

    fn submit(&mut self) -> io::Result<usize> {
        self.calls += 1;
        let taken: Vec<_> = self.queued.iter().map(seen).collect();
        self.in_flight.append(&mut self.queued);
        for answer in (self.script)(&taken) {
            self.complete(answer);
        }
        Ok(taken.len())
    }

    fn submit_and_wait(
        &mut self,
        count: usize,
        _patience: Option<Duration>,
    ) -> io::Result<()> {
        let idle = self.queued.is_empty();
        if idle && self.completed.len() >= count {
            return Ok(());
        }
        self.submit()?;
        // Each look lets the script go on. One that has nothing more to say
        // never will.
        while self.completed.len() < count {
            let before = self.completed.len();
            self.submit()?;
            if self.completed.len() == before {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }

    fn reap(&mut self) -> Option<Completion> {
        self.completed.pop_front()
    }
}

fn seen(entry: &Entry) -> Submitted {
    use crate::Operation::*;
    let about = match &entry.operation {
        Cancel(of) => *of,
        Timeout(time) | LinkTimeout(time) => {
            u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
        }
        _ => 0,
    };
    Submitted {
        user_data: entry.user_data,
        name: entry.operation.name(),
        linked: entry.linked,
        about,
        bytes: entry.operation.buffer().cloned().unwrap_or_default(),
    }
}
