//! Who may bind a port that another socket has: every combination of
//! SO_REUSEADDR and SO_REUSEPORT, tried on the running kernel. socket(7),
//! ip(7).
//!
//! ```text
//! first socket    socket → options → bind [→ listen [→ a connection, close]]
//! second socket   socket → options → bind → listen     OK or EADDRINUSE?
//! ```
//!
//! Nothing of the table is written down here. What is written down is the
//! rule that explains it, [`rule`], and a cell that breaks the rule says so.

use std::io;
use std::net::SocketAddr;

use clap::Args;
use lesson_tcp::state::{State, await_state};
use lesson_tcp::{BACKLOG, LOOPBACK, connect, local};
use narrator::{explain, line, say};
use serde::Serialize;
use socket2::{Domain, Socket, Type};

/// What the reader may ask of a demo that feeds the widget.
#[derive(Args)]
pub struct Record {
    /// Print the measured cells as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

/// Which of the two options a socket has set.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Options {
    addr: bool,
    port: bool,
}

/// Without, each, both: the order of rows and columns.
const COMBINATIONS: [Options; 4] = [
    Options { addr: false, port: false },
    Options { addr: true, port: false },
    Options { addr: false, port: true },
    Options { addr: true, port: true },
];

impl Options {
    fn name(self) -> &'static str {
        match (self.addr, self.port) {
            (false, false) => "without",
            (true, false) => "SO_REUSEADDR",
            (false, true) => "SO_REUSEPORT",
            (true, true) => "both",
        }
    }
}

/// What the first socket has come to, when the second one tries.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum First {
    /// It has the address, and doesn't listen.
    Bound,
    /// It waits for connections.
    Listening,
    /// It is closed, and left a connection in TIME-WAIT.
    TimeWait,
}

const STATES: [First; 3] = [First::Bound, First::Listening, First::TimeWait];

impl First {
    fn title(self) -> &'static str {
        match self {
            First::Bound => "The first socket is bound, and doesn't listen:",
            First::Listening => "The first socket listens:",
            First::TimeWait => {
                "The first socket is gone, a connection is in TIME-WAIT:"
            }
        }
    }
}

/// One measured combination.
#[derive(Serialize)]
struct Cell {
    first: Options,
    state: First,
    second: Options,
    outcome: &'static str,
    /// The last call that was tried: the one that was refused, if any was.
    call: &'static str,
    why: &'static str,
}

#[derive(Serialize)]
struct Run {
    demo: &'static str,
    title: &'static str,
    cells: Vec<Cell>,
}

/// Measures all 48 cells, and tells or records them.
pub fn run(record: Record) -> io::Result<()> {
    let cells = measure_all()?;
    if record.json {
        let title = "May a second socket bind the same port?";
        let run = Run { demo: "reuse", title, cells };
        line(serde_json::to_string_pretty(&run)?);
        return Ok(());
    }
    for state in STATES {
        line(state.title());
        table(cells.iter().filter(|cell| cell.state == state));
        line("");
    }
    who_listens_first()
}

fn measure_all() -> io::Result<Vec<Cell>> {
    let mut cells = Vec::new();
    for state in STATES {
        for first in COMBINATIONS {
            for second in COMBINATIONS {
                cells.push(measure(first, state, second)?);
            }
        }
    }
    Ok(cells)
}

// ANCHOR: measure
/// Brings the first socket to its state, and tries the second.
fn measure(first: Options, state: First, second: Options) -> io::Result<Cell> {
    let (address, _held) = occupy(first, state)?;
    let socket = with_options(second)?;
    let (call, tried) = match socket.bind(&address.into()) {
        Ok(()) => ("listen", socket.listen(BACKLOG)),
        refused => ("bind", refused),
    };
    let outcome = match tried {
        Ok(()) => "OK",
        Err(e) if e.kind() == io::ErrorKind::AddrInUse => "EADDRINUSE",
        Err(other) => return Err(other),
    };
    let (expected, why) = rule(first, state, second);
    let why = match expected == outcome {
        true => why,
        false => "This kernel decides otherwise than socket(7) says.",
    };
    Ok(Cell { first, state, second, outcome, call, why })
}
// ANCHOR_END: measure

// ANCHOR: occupy
/// A port, and what keeps it: the first socket, in that state.
fn occupy(
    options: Options,
    state: First,
) -> io::Result<(SocketAddr, Option<Socket>)> {
    let first = with_options(options)?;
    first.bind(&LOOPBACK.into())?;
    let address = local(&first)?;
    if state == First::Bound {
        return Ok((address, Some(first)));
    }
    first.listen(BACKLOG)?;
    if state == First::Listening {
        return Ok((address, Some(first)));
    }
    let client = connect(address)?;
    let from = local(&client)?;
    // accept gives its socket the listener's options.
    let (server, _) = first.accept()?;
    drop(server);
    await_state(from, address, State::CloseWait)?;
    drop(client);
    await_state(address, from, State::TimeWait)?;
    Ok((address, None))
}
// ANCHOR_END: occupy

/// A TCP socket with these options set: before `bind`, which is when they
/// count.
fn with_options(options: Options) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(options.addr)?;
    socket.set_reuse_port(options.port)?;
    Ok(socket)
}

/// What is due, and why: socket(7), SO_REUSEADDR and SO_REUSEPORT.
fn rule(
    first: Options,
    state: First,
    second: Options,
) -> (&'static str, &'static str) {
    if first.port && second.port {
        return ("OK", "Both set SO_REUSEPORT: they share the port.");
    }
    match (first.addr && second.addr, state) {
        (true, First::Bound) => (
            "OK",
            "Both set SO_REUSEADDR, and nobody listens yet. The first to \
             listen has the port.",
        ),
        (true, First::TimeWait) => (
            "OK",
            "Both set SO_REUSEADDR, and what is left of the first only \
             waits for late segments.",
        ),
        (true, First::Listening) => (
            "EADDRINUSE",
            "The first listens. SO_REUSEADDR doesn't share a port with a \
             listener, only SO_REUSEPORT does, set by both.",
        ),
        (false, _) => ("EADDRINUSE", one_side(first, second)),
    }
}

/// Why the options don't help where no option is set by both.
fn one_side(first: Options, second: Options) -> &'static str {
    let none = COMBINATIONS[0];
    match (first == none, second == none) {
        (true, true) => "Neither set an option: a port has one owner.",
        (true, false) => {
            "The first set no option. What only the second asks for doesn't \
             count on Linux."
        }
        (false, true) => {
            "The second set no option. The first had allowed it, the second \
             doesn't ask."
        }
        (false, false) => {
            "Each set another option. Both must have set the same one."
        }
    }
}

/// The cells of one state, a row for each first socket.
fn table<'a>(cells: impl Iterator<Item = &'a Cell>) {
    let names = COMBINATIONS.map(Options::name);
    line(row("first \\ second", names));
    let cells: Vec<_> = cells.collect();
    for of_one in cells.chunks_exact(COMBINATIONS.len()) {
        let [a, b, c, d] = of_one else { continue };
        line(row(a.first.name(), [a, b, c, d].map(|cell| cell.outcome)));
    }
}

fn row(name: &str, [a, b, c, d]: [&str; 4]) -> String {
    let text = format!("  {name:<15} {a:<13} {b:<13} {c:<13} {d}");
    text.trim_end().to_string()
}

// ANCHOR: first
/// Two sockets bound to one port by SO_REUSEADDR: only one may listen.
fn who_listens_first() -> io::Result<()> {
    let reuse = COMBINATIONS[1];
    let first = with_options(reuse)?;
    first.bind(&LOOPBACK.into())?;
    say("first", "bind", "SO_REUSEADDR: works");
    let second = with_options(reuse)?;
    second.bind(&local(&first)?.into())?;
    say("second", "bind", "SO_REUSEADDR, the same port: works");

    second.listen(BACKLOG)?;
    say("second", "listen", "works");
    let late = first.listen(BACKLOG);
    let late = late.map_or_else(|error| explain(&error), |_| "works".into());
    say("first", "listen", late);
    Ok(())
}
// ANCHOR_END: first
