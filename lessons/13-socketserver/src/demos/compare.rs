//! The same handler on every server, and three clients: who waits for whom.
//!
//! Each client says hello as soon as it has connected, and stays. The handler
//! serves its client until that one leaves. So a client is answered when
//! somebody is free for it; and who that is, is the model.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::net::SocketAddr;

use clap::Args;
use narrator::{line, say};
use serde::Serialize;

use super::snapshot::{Names, Snapshot};
use super::stage::{self, Client, Running, until};

/// How to tell it.
#[derive(Args, Default)]
pub struct Record {
    /// Print the data that the book's widget shows
    #[arg(long)]
    json: bool,
}

/// A model, and what is true of it.
struct Case {
    model: &'static str,
    title: &'static str,
    more: &'static [&'static str],
    /// How many it serves at a time.
    at_once: usize,
    /// Where the others wait.
    waits: &'static str,
    /// Processes, threads, connections and callers in the kernel's queue,
    /// with so many served and so many waiting.
    counts: fn(usize, usize) -> [usize; 4],
}

const CASES: [Case; 4] = [
    Case {
        model: "sequential",
        title: "One after the other",
        more: &[],
        at_once: 1,
        waits: "waits in the kernel's queue",
        counts: |served, waiting| [1, 1, served, waiting],
    },
    Case {
        model: "threading",
        title: "A thread for each client",
        more: &[],
        at_once: 3,
        waits: "",
        counts: |served, _| [1, 1 + served, served, 0],
    },
    Case {
        model: "forking",
        title: "A process for each client",
        more: &[],
        at_once: 3,
        waits: "",
        counts: |served, _| [1 + served, 1 + served, served, 0],
    },
    Case {
        model: "pool",
        title: "A pool of two threads",
        more: &["--threads", "2"],
        at_once: 2,
        waits: "waits in the pool's queue",
        counts: |served, waiting| [1, 3, served + waiting, 0],
    },
];

/// All four.
pub fn run(record: Record) -> io::Result<()> {
    let mut runs = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        if !record.json {
            if number > 0 {
                line("");
            }
            stage::name(case.model, case.more);
        }
        runs.push(play(case, !record.json)?);
    }
    if record.json {
        let recording = Recording { demo: "compare", runs };
        let text = serde_json::to_string_pretty(&recording);
        line(text.map_err(io::Error::other)?);
    }
    Ok(())
}

fn play(case: &Case, aloud: bool) -> io::Result<Run> {
    let server = Running::model(case.model, case.more)?;
    let address = server.address()?;
    let mut stage = Stage {
        case,
        aloud,
        address,
        names: Names::new(),
        served: VecDeque::new(),
        waiting: VecDeque::new(),
        steps: Vec::new(),
        server,
    };
    stage.step("server", "listen", String::new(), "It waits for callers.")?;
    for name in ["a", "b", "c"] {
        stage.call(name)?;
    }
    while !stage.served.is_empty() {
        stage.leave()?;
    }
    stage.server.stop()?;
    let (label, title) = (case.model, case.title);
    Ok(Run { label, title, steps: stage.steps })
}

struct Stage<'a> {
    case: &'a Case,
    aloud: bool,
    server: Running,
    address: SocketAddr,
    names: Names,
    served: VecDeque<(&'static str, Client)>,
    waiting: VecDeque<(&'static str, Client)>,
    steps: Vec<Step>,
}

impl Stage<'_> {
    // ANCHOR: call
    /// A client calls, and says hello.
    fn call(&mut self, name: &'static str) -> io::Result<()> {
        let mut client = self.server.client()?;
        self.names.insert(client.name()?, name);
        client.send("hello")?;
        if self.served.len() < self.case.at_once {
            return self.answered(name, client);
        }
        self.waiting.push_back((name, client));
        let why = "Nobody is free for it.";
        self.step(name, "send", format!("\"hello\": {}", self.case.waits), why)
    }

    fn answered(
        &mut self,
        name: &'static str,
        mut client: Client,
    ) -> io::Result<()> {
        let answer = client.read()?;
        self.served.push_back((name, client));
        let why = "Somebody is there for this client, until it leaves.";
        self.step(name, "recv", format!("{answer:?}"), why)
    }

    /// The first one leaves, and another one may be served.
    fn leave(&mut self) -> io::Result<()> {
        let Some((name, client)) = self.served.pop_front() else {
            return Ok(());
        };
        client.leave()?;
        let Some((next, client)) = self.waiting.pop_front() else {
            let why = "What was there for it is gone, or free.";
            return self.step(name, "close", String::new(), why);
        };
        if self.aloud {
            say(name, "close", "");
        }
        self.answered(next, client)
    }
    // ANCHOR_END: call

    /// Tells it, with what the server consists of when it has settled.
    fn step(
        &mut self,
        who: &'static str,
        call: &'static str,
        what: String,
        why: &'static str,
    ) -> io::Result<()> {
        let wanted = (self.case.counts)(self.served.len(), self.waiting.len());
        let pid = self.server.pid();
        let look = || Snapshot::of(pid, self.address, &self.names);
        let mut now = look();
        until("the server as it should be", || {
            // Twice the same: a list can miss a child while another one ends.
            let before = mem::replace(&mut now, look());
            now == before && now.counts() == wanted && now.is_settled()
        })?;
        if self.aloud {
            let [processes, threads, connections, queue] = now.counts();
            say(who, call, &what);
            say(
                "",
                "/proc",
                format_args!(
                    "processes {processes}, threads {threads}, connections \
                     {connections}, not accepted {queue}"
                ),
            );
        }
        self.steps.push(Step { who, call, what, why, now });
        Ok(())
    }
}

#[derive(Serialize)]
struct Recording {
    demo: &'static str,
    runs: Vec<Run>,
}

#[derive(Serialize)]
struct Run {
    label: &'static str,
    title: &'static str,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    who: &'static str,
    call: &'static str,
    what: String,
    why: &'static str,
    #[serde(flatten)]
    now: Snapshot,
}
