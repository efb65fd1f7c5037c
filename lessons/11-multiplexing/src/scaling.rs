//! What a wait costs, beside the number of descriptors that are watched and
//! idle.
//!
//! ```text
//! first      idle × N      last        one of the ends gets a byte,
//!   ●        ○ ○ ○ ○ ○       ○         one wait tells of it: how long?
//! ```
//!
//! select(2) and poll(2) look at all who are watched, each time. epoll(7) has
//! a list of those who are ready. The time is that of the wait alone, which
//! may wait but needn't. Of some hundred waits it is the one in the middle,
//! and of three such times, some moments apart, the shortest, so that what
//! else the machine does has little part in it.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use lesson_multiplexing::{Epoll, Event, Interest, Poll, Poller, Select};
use narrator::{During, line};
use serde::Serialize;
use socket2::{Domain, Socket, Type};

use crate::stage::LIMIT;
use crate::{limit, plot};

/// How many descriptors are idle.
const IDLE: [usize; 7] = [10, 30, 100, 300, 1000, 3000, 10_000];

/// select takes so many, and a few more that are open anyway.
const SELECT: usize = 1000;

/// How often all is measured. The least disturbed time counts.
const PASSES: usize = 3;

/// How many waits are timed for each figure: so many, or for so long.
const WAITS: usize = 301;
const LEAST: usize = 21;
const ENOUGH: Duration = Duration::from_millis(20);

/// What the reader may ask of the demo.
#[derive(Args)]
pub struct Record {
    /// Print the times, instead of what they say
    #[arg(long)]
    table: bool,
    /// Write the times as JSON, for the book's plot; to stdout without FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1,
          default_missing_value = "-")]
    json: Option<PathBuf>,
    /// Draw the times, as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Everything that was measured, and where.
#[derive(Serialize)]
struct Measured {
    machine: Machine,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Machine {
    cpus: usize,
    kernel: String,
    /// A debug build takes longer for what the program does after a wait.
    build: &'static str,
}

/// One figure: nanoseconds of a wait that tells one event.
#[derive(Serialize)]
struct Row {
    with: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    /// Who is ready: the first that was registered, or the last.
    place: &'static str,
    /// How many others are watched.
    idle: usize,
    ns: u64,
}

/// Measures, and says what was found: in words, or as was asked for.
pub fn run(record: &Record) -> io::Result<()> {
    let most = IDLE.into_iter().max().unwrap_or(0) as u64;
    limit::allow(most + 32)?;
    let mut rows = measure()?;
    for _ in 1..PASSES {
        for (row, again) in rows.iter_mut().zip(measure()?) {
            row.ns = row.ns.min(again.ns);
        }
    }
    let measured = Measured { machine: machine()?, rows };
    let lines = lines(&measured.rows);
    if let Some(file) = &record.svg {
        write(file, &plot::svg(&lines))?;
    }
    if let Some(file) = &record.json {
        let text = serde_json::to_string_pretty(&measured)?;
        if file != Path::new("-") {
            return write(file, &(text + "\n"));
        }
        line(text);
    } else if record.table {
        table(&lines);
    } else if record.svg.is_none() {
        claims(&lines);
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    fs::write(file, text).during(file.display())?;
    line(format_args!("written to {}", file.display()));
    Ok(())
}

fn machine() -> io::Result<Machine> {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    // "6.18.44-something": the version alone.
    let kernel = kernel.split(['-', '\n']).next().unwrap_or_default();
    Ok(Machine {
        cpus: thread::available_parallelism()?.get(),
        kernel: kernel.to_string(),
        build: if cfg!(debug_assertions) { "debug" } else { "release" },
    })
}

// ANCHOR: measure
fn measure() -> io::Result<Vec<Row>> {
    let first = End::open()?;
    let (mut idle, mut rows) = (Vec::new(), Vec::new());
    for count in IDLE {
        while idle.len() < count {
            idle.push(Socket::new(Domain::IPV4, Type::DGRAM, None)?);
        }
        // Opened after the others, so its number is higher than theirs.
        let last = End::open()?;
        for (with, mode) in MECHANISMS {
            if with == "select" && count > SELECT {
                continue;
            }
            let mut poller = poller(with, mode)?;
            poller.register(first.near.as_fd(), Interest::READ)?;
            for socket in &idle {
                poller.register(socket.as_fd(), Interest::READ)?;
            }
            poller.register(last.near.as_fd(), Interest::READ)?;
            for (place, end) in PLACES.into_iter().zip([&first, &last]) {
                let ns = end.median(poller.as_mut())?;
                rows.push(Row { with, mode, place, idle: count, ns });
            }
        }
    }
    Ok(rows)
}
// ANCHOR_END: measure

const MECHANISMS: [(&str, Option<&str>); 4] = [
    ("select", None),
    ("poll", None),
    ("epoll", Some("level")),
    ("epoll", Some("edge")),
];

const PLACES: [&str; 2] = ["first", "last"];

fn poller(with: &str, mode: Option<&str>) -> io::Result<Box<dyn Poller>> {
    Ok(match (with, mode) {
        ("select", _) => Box::new(Select::new()),
        ("poll", _) => Box::new(Poll::new()),
        (_, Some("edge")) => Box::new(Epoll::edge_triggered()?),
        _ => Box::new(Epoll::new()?),
    })
}

/// A socket that is watched, and the one that makes it ready.
struct End {
    near: UnixStream,
    far: UnixStream,
}

impl End {
    fn open() -> io::Result<Self> {
        let (near, far) = UnixStream::pair()?;
        Ok(End { near, far })
    }

    // ANCHOR: median
    /// Nanoseconds of the wait in the middle.
    fn median(&self, poller: &mut dyn Poller) -> io::Result<u64> {
        let mut events = Vec::with_capacity(8);
        let mut times = Vec::with_capacity(WAITS);
        let all = Instant::now();
        while times.len() < LEAST
            || times.len() < WAITS && all.elapsed() < ENOUGH
        {
            (&self.far).write_all(b"x")?;
            let began = Instant::now();
            poller.wait(Some(LIMIT), &mut events)?;
            times.push(began.elapsed().as_nanos() as u64);
            (&self.near).read_exact(&mut [0; 1])?;
            self.must_be_told(&events)?;
        }
        times.sort_unstable();
        Ok(times[times.len() / 2])
    }
    // ANCHOR_END: median

    /// Who measures something else than it thinks measures nothing.
    fn must_be_told(&self, events: &[Event]) -> io::Result<()> {
        match events {
            [event] if event.fd == self.near.as_raw_fd() => Ok(()),
            _ => Err(io::Error::other("one event was due, of one socket")),
        }
    }
}

/// What a reader calls a mechanism in a mode.
fn name(with: &str, mode: Option<&str>) -> String {
    mode.map_or(with.to_string(), |mode| format!("{with}, {mode}"))
}

/// The same mechanism at the same place, by the number of idle descriptors.
pub struct Line {
    /// The mechanism, and its mode where it has one.
    pub name: String,
    /// Who is ready.
    pub place: &'static str,
    /// How many are idle, and nanoseconds.
    pub times: Vec<(usize, u64)>,
}

impl Line {
    fn time(&self, idle: usize) -> Option<u64> {
        let of = self.times.iter().find(|(count, _)| *count == idle);
        of.map(|(_, ns)| *ns)
    }
}

fn lines(rows: &[Row]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (with, mode) in MECHANISMS {
        for place in PLACES {
            let same = |row: &&Row| {
                (row.with, row.mode, row.place) == (with, mode, place)
            };
            let time = |row: &Row| (row.idle, row.ns);
            let times = rows.iter().filter(same).map(time).collect();
            lines.push(Line { name: name(with, mode), place, times });
        }
    }
    lines
}

/// The times, as a table.
fn table(lines: &[Line]) {
    let idle = IDLE.map(|idle| format!("{idle:>8}")).concat();
    line(format_args!("{:<20}{idle}", "µs, idle ones:"));
    for of in lines {
        let time = |idle| match of.time(idle) {
            Some(ns) => format!("{:>8.2}", ns as f64 / 1000.0),
            None => format!("{:>8}", "-"),
        };
        let name = format!("{}, {}", of.name, of.place);
        line(format_args!("{name:<20}{}", IDLE.map(time).concat()));
    }
}

// ANCHOR: claims
/// What holds on every machine. A claim that fails is told as a number.
fn claims(lines: &[Line]) {
    line("One descriptor is ready, others are idle. What a wait costs, beside");
    line("one with 10 idle descriptors:\n");
    row("idle:", &["100", "1000", "10000"].map(str::to_string));
    for of in lines {
        let claims = match of.name.starts_with("epoll") {
            true => [Claim::Same; 3],
            false => [Claim::Over(2), Claim::Over(10), Claim::Over(100)],
        };
        let mut claims = claims.into_iter();
        let told = [100, 1000, 10_000].map(|idle| {
            let claim = claims.next().unwrap_or(Claim::Same);
            let times = of.time(idle).zip(of.time(10));
            times.map_or("refused".to_string(), |(much, little)| {
                claim.told(much as f64 / little as f64)
            })
        });
        row(&format!("{}, {}", of.name, of.place), &told);
    }
    line("\nThe same: less than 1.5 times. The times themselves: --table");
}
// ANCHOR_END: claims

/// How often the cost among 10 a wait costs.
#[derive(Clone, Copy)]
enum Claim {
    Same,
    Over(u32),
}

impl Claim {
    fn told(self, times: f64) -> String {
        match self {
            Claim::Same if times < 1.5 => "the same".to_string(),
            Claim::Over(least) if times > f64::from(least) => {
                format!("over {least} times")
            }
            _ => format!("{times:.1} times"),
        }
    }
}

fn row(name: &str, cells: &[String; 3]) {
    let [a, b, c] = cells;
    let text = format!("{name:<21}{a:<16}{b:<16}{c}");
    line(text.trim_end());
}
