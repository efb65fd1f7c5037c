//! Two programs and their clients, told or recorded turn by turn.
//!
//! Each program is the tool `worker`: it does what a line says, and answers
//! with a [`Report`]. Nobody moves out of turn, so the story is the same
//! each time, however busy the machine is.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lesson_unix_sockets::table::Entry;
use narrator::{During, line, say};
use serde::Serialize;

use crate::worker::Report;

/// The sockets of the story, in the order in which they are made.
const OBJECTS: [Object; 4] = [
    Object { id: "L", what: "the TCP listener" },
    Object { id: "H", what: "the Unix listener" },
    Object { id: "B", what: "new's connection to old" },
    Object { id: "A", what: "old's connection to new" },
];

/// The program that is running, wherever its file is: proc(5).
pub const MYSELF: &str = "/proc/self/exe";

/// What happened, for the widget.
#[derive(Serialize)]
struct Story {
    demo: &'static str,
    title: &'static str,
    processes: [&'static str; 2],
    objects: &'static [Object],
    steps: Vec<Step>,
}

/// A socket in the kernel, to which descriptors lead.
#[derive(Serialize)]
struct Object {
    id: &'static str,
    what: &'static str,
}

/// A call, and both tables after it.
#[derive(Serialize)]
struct Step {
    who: &'static str,
    call: String,
    note: String,
    tables: BTreeMap<&'static str, Vec<Known>>,
    /// The objects that are inside a message now.
    in_flight: Vec<&'static str>,
}

/// A descriptor, and what it leads to.
#[derive(Clone, Serialize)]
struct Known {
    fd: i32,
    object: &'static str,
}

/// Both programs, their clients, and what has happened so far.
pub struct Stage {
    json: bool,
    programs: BTreeMap<&'static str, Program>,
    tables: BTreeMap<&'static str, Vec<Known>>,
    names: Vec<u64>,
    steps: Vec<Step>,
    /// Where the clients connect to.
    pub address: String,
    /// Those that have.
    pub clients: Vec<TcpStream>,
    /// The objects that are inside a message now.
    pub in_flight: Vec<&'static str>,
}

impl Stage {
    /// Starts the two programs.
    pub fn new(json: bool) -> io::Result<Self> {
        let mut programs = BTreeMap::new();
        for who in ["old", "new"] {
            programs.insert(who, Program::start()?);
        }
        Ok(Stage {
            json,
            programs,
            tables: BTreeMap::from([("old", vec![]), ("new", vec![])]),
            names: Vec::new(),
            steps: Vec::new(),
            address: String::new(),
            clients: Vec::new(),
            in_flight: Vec::new(),
        })
    }

    /// Lets a program make a call. Gives what it tells of it; `why` is what
    /// the widget adds.
    pub fn turn(
        &mut self,
        who: &'static str,
        word: &str,
        why: &str,
    ) -> io::Result<String> {
        let Some(program) = self.programs.get_mut(who) else {
            return Err(strange(format!("{who} has ended already")));
        };
        let report = program.obey(word)?;
        let what = report.what.map_err(strange)?;
        let table = self.named(&report.table)?;
        self.tables.insert(who, table);
        match word {
            "pass" => self.in_flight = vec!["L"],
            "take" => self.in_flight = vec![],
            _ => {}
        }
        self.step(who, &report.call, &what, why);
        Ok(what)
    }

    /// A client connects, and is not accepted yet.
    pub fn client(&mut self, what: &str, why: &str) -> io::Result<()> {
        self.clients.push(TcpStream::connect(&self.address)?);
        let what = format!("{}: {what}", self.clients.len());
        self.step("client", "connect", &what, why);
        Ok(())
    }

    /// Ends a program: it has nothing more to do, and its stdin ends.
    pub fn exit(&mut self, who: &'static str, why: &str) -> io::Result<()> {
        if let Some(program) = self.programs.remove(who) {
            program.end()?;
        }
        self.tables.insert(who, vec![]);
        self.step(who, "exit", "with all that it had", why);
        Ok(())
    }

    /// Tells a step, or keeps it for the widget.
    pub fn step(
        &mut self,
        who: &'static str,
        call: &str,
        what: &str,
        why: &str,
    ) {
        if !self.json {
            // The last of several calls is the one that the step is about.
            let call = call.rsplit(", ").next().unwrap_or(call);
            return say(who, call, what);
        }
        self.steps.push(Step {
            who,
            call: call.to_string(),
            note: why.to_string(),
            tables: self.tables.clone(),
            in_flight: self.in_flight.clone(),
        });
    }

    /// Tells which descriptors lead where.
    pub fn show_tables(&self) {
        if self.json {
            return;
        }
        for (who, table) in self.tables.iter().rev() {
            let each = table.iter().map(|known| {
                format!("{} → {}", known.fd, object(known.object))
            });
            let all: Vec<String> = each.collect();
            if !all.is_empty() {
                say(who, "has", all.join(", "));
            }
        }
        for id in &self.in_flight {
            say("message", "has", object(id));
        }
    }

    /// Ends both programs, and prints what was kept for the widget.
    pub fn end(mut self) -> io::Result<()> {
        for (_, program) in std::mem::take(&mut self.programs) {
            program.end()?;
        }
        if self.json {
            let story = Story {
                demo: "pass-descriptor",
                title: "A listener goes from one program to another",
                processes: ["old", "new"],
                objects: &OBJECTS,
                steps: self.steps,
            };
            line(serde_json::to_string_pretty(&story)?);
        }
        Ok(())
    }

    /// Gives each socket its name, by its inode: the first that was made is
    /// L, the next H, and so on.
    fn named(&mut self, table: &[Entry]) -> io::Result<Vec<Known>> {
        let mut known = Vec::new();
        for entry in table {
            let seen = self.names.iter().position(|i| *i == entry.inode);
            let place = seen.unwrap_or_else(|| {
                self.names.push(entry.inode);
                self.names.len() - 1
            });
            let Some(object) = OBJECTS.get(place) else {
                return Err(strange("a socket that nobody made"));
            };
            known.push(Known { fd: entry.fd, object: object.id });
        }
        Ok(known)
    }
}

/// What a socket of this name is.
fn object(id: &str) -> &'static str {
    OBJECTS.iter().find(|o| o.id == id).map_or("", |object| object.what)
}

/// A program that makes a call when it is told to.
struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(MYSELF)
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let stdout = stdout.ok_or_else(|| strange("no pipe"))?;
        Ok(Program { child, stdin, stdout: BufReader::new(stdout) })
    }

    /// Gives it a word, and waits for what it says.
    fn obey(&mut self, word: &str) -> io::Result<Report> {
        let mut stdin = self.stdin.as_ref().ok_or_else(|| strange("ended"))?;
        writeln!(stdin, "{word}")?;
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).during("read a report")?;
        Ok(serde_json::from_str(&answer)?)
    }

    /// Its stdin ends, so it does, too.
    fn end(mut self) -> io::Result<()> {
        drop(self.stdin.take());
        let status = self.child.wait()?;
        match status.success() {
            true => Ok(()),
            false => Err(strange(format!("a program ended with {status}"))),
        }
    }
}

impl Drop for Program {
    /// On an error, nothing stays behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An error that no system call made.
pub fn strange(what: impl Into<String>) -> io::Error {
    io::Error::other(what.into())
}
