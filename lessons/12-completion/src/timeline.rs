//! Who copies the bytes, and when: readiness beside completion.
//!
//! Three peers each send 5 bytes, to a program that waits by epoll and to one
//! that has submitted. After each step the demo asks the kernel how many
//! bytes lie in the socket of the peer: they go from there into the program's
//! buffer when somebody copies them.
//!
//! ```text
//! readiness   peer sends │ bytes in the socket │ told │ recv copies
//! completion  peer sends │ the kernel copies   │ told
//! ```

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

use clap::Args;
use lesson_completion::{Entry, Operation, Ring, Rings};
use lesson_multiplexing::{Epoll, Interest, Poller};
use narrator::{line, say};
use serde::Serialize;
use socket2::SockRef;

use crate::scene::{PATIENCE, arrive, connection, reap};

/// The order in which the peers speak. Each has the number of its letter.
const ORDER: [usize; 3] = [1, 2, 0];

/// The peers, as lanes of the widget.
const LANES: [&str; 3] = ["peer a", "peer b", "peer c"];

const READINESS: [&str; 4] = ["program", LANES[0], LANES[1], LANES[2]];
const COMPLETION: [&str; 5] =
    ["program", "kernel", LANES[0], LANES[1], LANES[2]];

/// What the reader may ask of the demo.
#[derive(Args)]
pub struct Record {
    /// Print what happened as JSON, for the book's widget
    #[arg(long)]
    pub json: bool,
}

/// A run, for the widget.
#[derive(Serialize)]
struct Run {
    demo: &'static str,
    label: &'static str,
    title: &'static str,
    lanes: &'static [&'static str],
    steps: Vec<Step>,
}

/// One line of the story. A tick is a step of it and no time.
#[derive(Serialize)]
struct Step {
    tick: usize,
    lane: &'static str,
    call: &'static str,
    state: &'static str,
    /// The tick that ended it, where it lasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<usize>,
    /// How many system calls it was, where that isn't one.
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<usize>,
    note: String,
    why: &'static str,
    /// What lies in the peer's socket, for the transcript.
    #[serde(skip)]
    socket: Option<usize>,
}

/// Three connections, and what happened on them.
struct Stage {
    clients: Vec<TcpStream>,
    streams: Vec<Arc<TcpStream>>,
    steps: Vec<Step>,
}

/// Both models, on the same three peers.
pub fn run(ring: &mut Ring, json: bool) -> io::Result<()> {
    let runs = [readiness()?, completion(ring)?];
    if json {
        line(serde_json::to_string_pretty(&runs)?);
        return Ok(());
    }
    for (number, run) in runs.iter().enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        line(format_args!("{gap}{}: {}", run.label, run.title));
        run.steps.iter().for_each(tell);
    }
    Ok(())
}

fn tell(step: &Step) {
    let socket = match step.socket {
        Some(count) => format!("in the socket: {count}"),
        None => String::new(),
    };
    let what = format!("{:<42} {socket}", step.note);
    say(step.lane, step.call, what.trim_end());
}

// ANCHOR: readiness
fn readiness() -> io::Result<Run> {
    let mut stage = Stage::new()?;
    let mut epoll = Epoll::new()?;
    for stream in &stage.streams {
        epoll.register(stream.as_fd(), Interest::READ)?;
    }
    stage.add("program", "epoll_ctl", "done", "a, b and c", WATCH).calls(3);
    for peer in ORDER {
        stage.send(peer)?;
        stage.streams[peer].peek(&mut [0; 1])?;
        stage.add(LANES[peer], "send", "ready", "5 bytes", SENT).look(peer)?;

        let mut events = Vec::new();
        epoll.wait(Some(PATIENCE), &mut events)?;
        let is = |stream: &Arc<TcpStream>| stream.as_raw_fd() == events[0].fd;
        let ready = stage.streams.iter().position(is).unwrap_or(peer);
        let note = format!("{} is readable", LANES[ready]);
        stage.add("program", "epoll_wait", "done", note, TOLD).look(ready)?;

        let mut buffer = [0; 16];
        let count = (&*stage.streams[ready]).read(&mut buffer)?;
        let note = format!("{}: {count} bytes, by this call", LANES[ready]);
        stage.add("program", "recv", "done", note, RECV).look(ready)?;
        stage.took(ready);
    }
    let title = "told that a call won't wait, and then the call";
    Ok(stage.ends("readiness", title, &READINESS))
}
// ANCHOR_END: readiness

// ANCHOR: completion
fn completion(ring: &mut Ring) -> io::Result<Run> {
    let mut stage = Stage::new()?;
    for (number, stream) in stage.streams.iter().enumerate() {
        let recv = Operation::Recv(Arc::clone(stream), vec![0; 16]);
        ring.push(Entry::new(number as u64, recv))?;
    }
    ring.submit()?;
    let note = "a recv for a, for b and for c";
    stage.add("program", "submit", "done", note, SUBMIT);
    for peer in ORDER {
        stage.send(peer)?;
        arrive(ring, 1)?;
        stage.add(LANES[peer], "send", "ready", "5 bytes", GONE);
        let note = format!("{}: 5 bytes into its buffer", LANES[peer]);
        stage.add("kernel", "copy", "done", note, COPY).look(peer)?;
        stage.took(peer);

        let done = reap(ring)?;
        let ready = done.user_data as usize;
        let count = done.result?;
        let note = format!("{}: {count} bytes, without a call", LANES[ready]);
        stage.add("program", "reap", "done", note, REAP).calls(0);
    }
    let title = "told that the call is done";
    Ok(stage.ends("completion", title, &COMPLETION))
}
// ANCHOR_END: completion

impl Stage {
    fn new() -> io::Result<Self> {
        let mut stage = Stage {
            clients: Vec::new(),
            streams: Vec::new(),
            steps: Vec::new(),
        };
        for _ in LANES {
            let (client, stream) = connection()?;
            stage.clients.push(client);
            stage.streams.push(stream);
        }
        Ok(stage)
    }

    fn send(&self, peer: usize) -> io::Result<()> {
        (&self.clients[peer]).write_all(b"hello")
    }

    fn add(
        &mut self,
        lane: &'static str,
        call: &'static str,
        state: &'static str,
        note: impl Into<String>,
        why: &'static str,
    ) -> &mut Self {
        let (tick, note) = (self.steps.len() + 1, note.into());
        self.steps.push(Step {
            tick,
            lane,
            call,
            state,
            until: None,
            calls: None,
            note,
            why,
            socket: None,
        });
        self
    }

    /// How many system calls the last step was.
    fn calls(&mut self, count: usize) {
        if let Some(step) = self.steps.last_mut() {
            step.calls = Some(count);
        }
    }

    /// Notes at the last step how many bytes lie in a peer's socket now.
    fn look(&mut self, peer: usize) -> io::Result<()> {
        let socket = SockRef::from(&*self.streams[peer]);
        socket.set_nonblocking(true)?;
        let there = self.streams[peer].peek(&mut [0; 16]);
        socket.set_nonblocking(false)?;
        let count = match there {
            // EAGAIN: there is nothing.
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => 0,
            there => there?,
        };
        if let Some(step) = self.steps.last_mut() {
            step.socket = Some(count);
        }
        Ok(())
    }

    fn ends(
        self,
        label: &'static str,
        title: &'static str,
        lanes: &'static [&'static str],
    ) -> Run {
        let steps = self.steps;
        Run { demo: "timeline", label, title, lanes, steps }
    }

    /// The last step has taken what a peer had sent.
    fn took(&mut self, peer: usize) {
        let now = self.steps.len();
        let ready = |step: &&mut Step| step.state == "ready";
        let mut sent = self.steps.iter_mut().filter(ready);
        if let Some(step) = sent.find(|step| step.lane == LANES[peer]) {
            step.until = Some(now);
        }
    }
}

// What the widget says of each step.
const WATCH: &str = "One list for all three. The program asks for no bytes, \
    and gives no buffer.";
const SENT: &str = "The bytes lie in the kernel, in the peer's socket. \
    Nobody has asked for them yet.";
const TOLD: &str = "The program learns that a recv would not wait. The bytes \
    are where they were.";
const RECV: &str = "A second call, and it copies: from the socket into the \
    program's buffer, while the program waits for it.";
const SUBMIT: &str = "Three recvs with three buffers, handed over in one \
    call. None of them is the program's now.";
const GONE: &str = "A recv is with the kernel already, so the bytes don't \
    stay in the socket.";
const COPY: &str = "The kernel copies them into the buffer that it was given, \
    and writes a completion.";
const REAP: &str = "The program looks into the completion queue, which is \
    memory. The bytes are in the buffer, and it is the program's again.";
