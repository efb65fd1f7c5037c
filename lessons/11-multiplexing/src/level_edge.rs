//! Level and edge: the same program, the same bytes, and another answer.
//!
//! A level-triggered descriptor is reported while there is something to read.
//! An edge-triggered one is reported when something arrives, once: epoll(7).
//!
//! ```text
//! bytes waiting     ┌──────────────┐
//!              ─────┘              └──────
//! level-triggered   ● ● ● ● ● ● ● ●         each epoll_wait
//! edge-triggered    ●                       the first one
//! ```
//!
//! Five small programs run in both modes over a socket pair, one thread at
//! both ends. What `epoll_wait` answers is the kernel's, and so is what waits
//! in the buffer: it is read with MSG_PEEK after each step.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use clap::Args;
use narrator::{line, say};
use nix::errno::Errno;
use nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
};
use nix::sys::socket::{MsgFlags, recv};
use serde::Serialize;

/// How much each program reads at a time.
const CHUNK: usize = 4;
/// More steps than any of them takes.
const MOST: usize = 20;

/// What the reader may ask of the demo.
#[derive(Args)]
pub struct Record {
    /// Print the traces as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

/// A program: how it reads when it is told that it can, and what arrives.
struct Program {
    id: &'static str,
    /// A name that fits on a button.
    label: &'static str,
    title: &'static str,
    code: &'static str,
    reads: Reads,
    /// After so many waits, this happens.
    arrivals: &'static [(usize, Arrival)],
}

#[derive(Clone, Copy, PartialEq)]
enum Reads {
    Once,
    UntilShort,
    UntilAgain,
}

enum Arrival {
    Bytes(&'static str),
    End,
}

use Arrival::{Bytes, End};

const ONCE: &str = "loop { epoll_wait(); read(4); }";
const SHORT: &str = "loop { epoll_wait(); while read(4) == 4 {} }";
const DRAIN: &str = "loop { epoll_wait(); while read(4) != EAGAIN {} }";
const HELLO: &[(usize, Arrival)] = &[(0, Bytes("HELLO WORLD"))];
const HELLO_LATER: &[(usize, Arrival)] =
    &[(0, Bytes("HELLO WORLD")), (2, Bytes("!!"))];
const HELLO_END: &[(usize, Arrival)] = &[(0, Bytes("HELLO")), (0, End)];

const PROGRAMS: [Program; 5] = [
    Program {
        id: "once",
        label: "read once",
        title: "One read for each event",
        code: ONCE,
        reads: Reads::Once,
        arrivals: HELLO,
    },
    Program {
        id: "late",
        label: "more arrives later",
        title: "One read for each event, and more arrives later",
        code: ONCE,
        reads: Reads::Once,
        arrivals: HELLO_LATER,
    },
    Program {
        id: "drain",
        label: "until EAGAIN",
        title: "Reads until EAGAIN",
        code: DRAIN,
        reads: Reads::UntilAgain,
        arrivals: HELLO,
    },
    Program {
        id: "short",
        label: "until a short read",
        title: "Reads until a short read, and the peer has ended",
        code: SHORT,
        reads: Reads::UntilShort,
        arrivals: HELLO_END,
    },
    Program {
        id: "end",
        label: "until the end",
        title: "Reads until EAGAIN or the end, and the peer has ended",
        code: DRAIN,
        reads: Reads::UntilAgain,
        arrivals: HELLO_END,
    },
];

/// All traces, for the widget.
#[derive(Serialize)]
struct Traces {
    demo: &'static str,
    chunk: usize,
    scenarios: Vec<Scenario>,
}

#[derive(Serialize)]
struct Scenario {
    id: &'static str,
    label: &'static str,
    title: &'static str,
    code: &'static str,
    level: Trace,
    edge: Trace,
}

/// What a program did, and how it ended.
#[derive(Serialize)]
struct Trace {
    /// "idle": all is read; "closed": the end is read, too; "stuck".
    end: &'static str,
    /// The bytes that nobody reads.
    left: usize,
    waits: usize,
    reads: usize,
    steps: Vec<Step>,
}

/// A call, what it gave, and what waits in the buffer after it.
#[derive(Serialize)]
struct Step {
    kind: &'static str,
    call: String,
    ret: String,
    buf: String,
    /// Behind those bytes waits the end.
    fin: bool,
}

/// Runs each program in both modes.
pub fn run(record: Record) -> io::Result<()> {
    let mut scenarios = Vec::new();
    for program in &PROGRAMS {
        let level = Watched::new("level", EpollFlags::empty())?;
        let edge = Watched::new("edge", EpollFlags::EPOLLET)?;
        scenarios.push(Scenario {
            id: program.id,
            label: program.label,
            title: program.title,
            code: program.code,
            level: level.run(program)?,
            edge: edge.run(program)?,
        });
    }
    if record.json {
        let demo = "level-edge";
        let traces = Traces { demo, chunk: CHUNK, scenarios };
        line(serde_json::to_string_pretty(&traces)?);
        return Ok(());
    }
    for (place, scenario) in scenarios.iter().enumerate() {
        if place > 0 {
            line("");
        }
        tell(scenario);
    }
    Ok(())
}

fn tell(scenario: &Scenario) {
    line(scenario.title);
    for (mode, trace) in [("level", &scenario.level), ("edge", &scenario.edge)]
    {
        for step in &trace.steps {
            match step.kind {
                "ctl" => {}
                "arrive" => say("peer", "send", &step.ret),
                "fin" => say("peer", "shutdown", &step.ret),
                "wake" | "silent" => say(mode, "epoll_wait", &step.ret),
                _ => say(mode, "read", &step.ret),
            }
        }
        let left = match trace.left {
            0 => "the end waits".to_string(),
            n => format!("{n} bytes wait"),
        };
        if trace.end == "stuck" {
            say(mode, "stuck", format_args!("{left}, and nothing tells of it"));
        }
    }
}

/// One end of a pair, watched in one of the modes; and the peer.
struct Watched {
    epoll: Epoll,
    ours: UnixStream,
    peer: UnixStream,
    steps: Vec<Step>,
}

impl Watched {
    fn new(mode: &str, flags: EpollFlags) -> io::Result<Self> {
        let (ours, peer) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let event = EpollEvent::new(EpollFlags::EPOLLIN | flags, 0);
        epoll.add(&ours, event)?;
        let mut watched = Watched { epoll, ours, peer, steps: Vec::new() };
        let asked = match mode {
            "edge" => "EPOLLIN | EPOLLET",
            _ => "EPOLLIN",
        };
        watched.step("ctl", format!("epoll_ctl(ADD, {asked})"), "0")?;
        Ok(watched)
    }

    // ANCHOR: loop
    /// The program's loop, until `epoll_wait` has nothing more to tell.
    fn run(mut self, program: &Program) -> io::Result<Trace> {
        let mut arrivals = program.arrivals.iter().peekable();
        let mut waits = 0;
        let mut closed = false;
        while !closed && self.steps.len() < MOST {
            while let Some((_, what)) = arrivals.next_if(|a| a.0 <= waits) {
                self.arrive(what)?;
            }
            waits += 1;
            if self.wait()? {
                closed = self.read(program.reads)?;
            } else if arrivals.peek().is_none() {
                break;
            }
        }
        Ok(self.trace(waits, closed))
    }

    /// What a program does that was told: "you can read".
    fn read(&mut self, how: Reads) -> io::Result<bool> {
        loop {
            let mut buffer = [0; CHUNK];
            let call = format!("read({CHUNK})");
            match self.ours.read(&mut buffer) {
                Ok(0) => {
                    self.step("end", call, "0: the end")?;
                    return Ok(true);
                }
                Ok(count) => {
                    let text = buffer[..count].escape_ascii();
                    self.step("read", call, format!("{count}: \"{text}\""))?;
                    let short = how == Reads::UntilShort && count < CHUNK;
                    if how == Reads::Once || short {
                        return Ok(false);
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    self.step("eagain", call, "EAGAIN: nothing is left")?;
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
    }
    // ANCHOR_END: loop

    fn arrive(&mut self, what: &Arrival) -> io::Result<()> {
        match what {
            Bytes(text) => {
                self.peer.write_all(text.as_bytes())?;
                let call = format!("peer sends \"{text}\"");
                let ret = format!("{} bytes: \"{text}\"", text.len());
                self.step("arrive", call, ret)
            }
            End => {
                self.peer.shutdown(Shutdown::Write)?;
                self.step("fin", "peer shuts down", "the end")
            }
        }
    }

    /// Does `epoll_wait` report the descriptor? It waits for nothing: all
    /// that can arrive has.
    fn wait(&mut self) -> io::Result<bool> {
        let mut events = [EpollEvent::empty()];
        let call = "epoll_wait()";
        if self.epoll.wait(&mut events, EpollTimeout::ZERO)? == 0 {
            self.step("silent", call, "nothing")?;
            return Ok(false);
        }
        let names = events[0].events().iter_names();
        let names: Vec<_> = names.map(|(name, _)| name).collect();
        self.step("wake", call, names.join(" | "))?;
        Ok(true)
    }

    fn step(
        &mut self,
        kind: &'static str,
        call: impl Into<String>,
        ret: impl Into<String>,
    ) -> io::Result<()> {
        let (buf, fin) = self.waiting(kind)?;
        let (call, ret) = (call.into(), ret.into());
        self.steps.push(Step { kind, call, ret, buf, fin });
        Ok(())
    }

    /// What is in the buffer after this step, without taking it; and whether
    /// the end waits there.
    fn waiting(&self, step: &str) -> io::Result<(String, bool)> {
        let mut buffer = [0; 64];
        let had =
            |kind| step == kind || self.steps.iter().any(|s| s.kind == kind);
        let (ended, read) = (had("fin"), had("end"));
        let socket = self.ours.as_raw_fd();
        match recv(socket, &mut buffer, MsgFlags::MSG_PEEK) {
            Ok(0) => Ok((String::new(), !read)),
            Ok(count) => {
                Ok((buffer[..count].escape_ascii().to_string(), ended))
            }
            Err(Errno::EAGAIN) => Ok((String::new(), false)),
            Err(error) => Err(error.into()),
        }
    }

    fn trace(self, waits: usize, closed: bool) -> Trace {
        let last = self.steps.last();
        let left = last.map_or(0, |step| step.buf.len());
        let fin = last.is_some_and(|step| step.fin);
        let reads = ["read", "eagain", "end"];
        let reads = self.steps.iter().filter(|s| reads.contains(&s.kind));
        let end = match (closed, left, fin) {
            (true, ..) => "closed",
            (false, 0, false) => "idle",
            _ => "stuck",
        };
        let reads = reads.count();
        Trace { end, left, waits, reads, steps: self.steps }
    }
}
