//! A conversation of two hosts, step by step: who called what, what went
//! over the wire, and in which state each end then was.
//!
//! It is told on stdout as it happens, or kept and printed as JSON for the
//! book's widgets. Both come from the same steps.
//!
//! ```text
//! alice                           bob
//! connect    10.0.0.2:8888
//! [SYN-SENT]                      [LISTEN]
//! SYN        seq 0              →
//! [SYN-SENT]                      [SYN-RECEIVED]
//!                               ← SYN ACK    seq 0, ack 1
//! ```

use std::io;

use lesson_tcp::state::State;
use narrator::line;
use serde::{Serialize, Serializer};

/// The width of alice's half of a line.
const HALF: usize = 30;

/// The two ends of every conversation here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// The client.
    Alice,
    /// The server.
    Bob,
}

/// How the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Line by line, what alice does on the left, what bob does on the right.
    Ladder,
    /// A line for each step, with the states of both ends in the middle.
    States,
    /// As JSON, at the end.
    Json,
}

/// What a program asked of its kernel.
#[derive(Debug, Serialize)]
pub struct Call {
    pub host: Who,
    pub call: &'static str,
    /// Its argument, or what came of it.
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<States>,
    /// One sentence for the reader of the widget.
    pub why: &'static str,
}

/// What went over the wire. Numbers are relative: each side's first sequence
/// number, which its kernel picks at random, counts as 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    pub from: Who,
    /// As the RFC names them, in the order in which people say them.
    pub flags: Vec<&'static str>,
    pub seq: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ack: Option<u32>,
    /// Bytes of the stream.
    pub length: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// What has arrived beyond a hole: first byte, and the one after the last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sack: Vec<[u32; 2]>,
    pub fate: Fate,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// How long the sender waited before it, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<States>,
    /// One sentence for the reader of the widget.
    pub why: &'static str,
    /// Room in the sender's receive buffer, as the field has it: unscaled.
    #[serde(skip)]
    pub window: u16,
}

/// What became of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    Delivered,
    Lost,
}

/// The states of alice's end and of bob's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct States(pub State, pub State);

impl Serialize for States {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        [self.0.to_string(), self.1.to_string()].serialize(s)
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Step {
    Call(Call),
    Segment(Segment),
}

#[derive(Serialize)]
struct Host {
    name: Who,
    role: &'static str,
}

const HOSTS: [Host; 2] = [
    Host { name: Who::Alice, role: "client" },
    Host { name: Who::Bob, role: "server" },
];

/// One connection, as the widgets take it.
#[derive(Serialize)]
struct Run {
    demo: &'static str,
    title: &'static str,
    hosts: [Host; 2],
    steps: Vec<Step>,
}

/// The conversations so far, of one connection each.
pub struct Conversation {
    runs: Vec<Run>,
    form: Form,
}

impl Conversation {
    /// Begins with the names of the two.
    pub fn begin(demo: &'static str, title: &'static str, form: Form) -> Self {
        match form {
            Form::Ladder => print("alice", ' ', "bob"),
            Form::States => row("alice", ["", ""], "bob"),
            Form::Json => {}
        }
        let runs = vec![Run { demo, title, hosts: HOSTS, steps: Vec::new() }];
        Conversation { runs, form }
    }

    /// Goes on with another connection.
    pub fn turn(&mut self, demo: &'static str, title: &'static str) {
        if self.form != Form::Json {
            line("");
        }
        let steps = Vec::new();
        self.runs.push(Run { demo, title, hosts: HOSTS, steps });
    }

    fn step(&mut self, step: Step) {
        if let Some(run) = self.runs.last_mut() {
            run.steps.push(step);
        }
    }

    /// A program made a call.
    pub fn call(&mut self, call: Call) {
        if self.form == Form::Ladder {
            let text = format!("{:<10} {}", call.call, call.what);
            beside(call.host, &text);
        }
        self.step(Step::Call(call));
    }

    /// A segment went over the wire, or was lost on it.
    pub fn segment(&mut self, segment: Segment) {
        if self.form == Form::Ladder {
            let (text, note) = (segment.text(), segment.remark());
            match segment.from {
                Who::Alice => print(&text, segment.mark(), &note),
                Who::Bob => print(&note, segment.mark(), &text),
            }
            for option in &segment.options {
                beside(segment.from, &format!("{:11}{option}", ""));
            }
        }
        self.step(Step::Segment(segment));
    }

    /// The last step brought both ends to these states.
    pub fn states(&mut self, states: States) {
        let Some(run) = self.runs.last_mut() else { return };
        let Some(step) = run.steps.last_mut() else { return };
        let [alice, bob] = [states.0, states.1].map(|state| state.to_string());
        match self.form {
            Form::Ladder => {
                print(&format!("[{alice}]"), ' ', &format!("[{bob}]"))
            }
            Form::States => {
                let [left, right] = step.sides();
                row(&left, [&alice, &bob], &right);
            }
            Form::Json => {}
        }
        match step {
            Step::Call(call) => call.states = Some(states),
            Step::Segment(segment) => segment.states = Some(states),
        }
    }

    /// A fact of the kernel's, which the widgets don't need.
    pub fn kernel(&self, who: Who, what: &str) {
        if self.form == Form::Ladder {
            beside(who, &format!("{:<10} {what}", "kernel"));
        }
    }

    /// Ends the story. As JSON it is printed now: an object for one
    /// connection, an array for more.
    pub fn end(self) -> io::Result<()> {
        if self.form == Form::Json {
            line(match &self.runs[..] {
                [run] => serde_json::to_string_pretty(run)?,
                runs => serde_json::to_string_pretty(runs)?,
            });
        }
        Ok(())
    }
}

impl Step {
    /// The step in a few words, on the side of whoever took it.
    fn sides(&self) -> [String; 2] {
        let (who, text) = match self {
            Step::Call(call) => (call.host, call.call.to_string()),
            Step::Segment(segment) => {
                let (name, mark) = (segment.name(), segment.mark());
                match segment.from {
                    Who::Alice => (Who::Alice, format!("{name:<18} {mark}")),
                    Who::Bob => (Who::Bob, format!("{mark} {name}")),
                }
            }
        };
        match who {
            Who::Alice => [text, String::new()],
            Who::Bob => [String::new(), text],
        }
    }
}

impl Segment {
    /// "SYN ACK", "1460 bytes".
    fn name(&self) -> String {
        let flags = self.flags.iter().filter(|flag| **flag != "PSH");
        match self.length {
            0 => flags.copied().collect::<Vec<_>>().join(" "),
            1 => "1 byte".into(),
            length => format!("{length} bytes"),
        }
    }

    /// The name, and the numbers that tell the story: where its bytes stand
    /// in the stream, what is acknowledged.
    fn text(&self) -> String {
        let counts = self.length > 0 || !self.flags.starts_with(&["ACK"]);
        let mut facts = Vec::new();
        if counts {
            facts.push(format!("seq {}", self.seq));
        }
        match self.ack {
            Some(ack) if !counts => facts.push(ack.to_string()),
            Some(ack) if self.length == 0 => facts.push(format!("ack {ack}")),
            _ => {}
        }
        for [first, after] in &self.sack {
            facts.push(format!("SACK {first}–{after}"));
        }
        if self.window == 0 && !self.flags.contains(&"RST") {
            facts.push("window 0".into());
        }
        format!("{:<10} {}", self.name(), facts.join(", "))
    }

    /// The note, and how long its sender waited.
    fn remark(&self) -> String {
        match &self.wait {
            Some(wait) => format!("after {wait}: {}", self.note),
            None => self.note.clone(),
        }
    }

    /// An arrow to where it went, or a cross.
    fn mark(&self) -> char {
        match (self.fate, self.from) {
            (Fate::Lost, _) => '✗',
            (Fate::Delivered, Who::Alice) => '→',
            (Fate::Delivered, Who::Bob) => '←',
        }
    }
}

/// Prints a line of the ladder: alice's half, the wire, bob's half.
fn print(left: &str, mark: char, right: &str) {
    let text = format!("{left:<HALF$}{mark} {right}");
    line(text.trim_end());
}

/// Prints what one of the two did, on the side where he or she stands.
fn beside(who: Who, text: &str) {
    match who {
        Who::Alice => print(text, ' ', ""),
        Who::Bob => print("", ' ', text),
    }
}

/// Prints a line of the table of states.
fn row(left: &str, [alice, bob]: [&str; 2], right: &str) {
    let text = format!("{left:<21} {alice:<13} {bob:<14} {right}");
    line(text.trim_end());
}
