//! The path of a name: whom a call asked, in which order, and what came of
//! it. Made from what was seen, told as text and as JSON.

use std::io;

use lesson_names::dns::Data;
use narrator::{During, Trouble, line, say};
use serde::Serialize;

use crate::stage::{Event, Reply};

/// One lookup.
#[derive(Serialize)]
pub struct Run {
    call: &'static str,
    name: String,
    title: &'static str,
    steps: Vec<Step>,
    result: Vec<String>,
    /// The call's words, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// One who was asked, or who wasn't.
#[derive(Serialize)]
struct Step {
    source: &'static str,
    what: &'static str,
    asked: String,
    answers: Vec<String>,
    outcome: &'static str,
    why: &'static str,
}

impl Run {
    /// What a call gave for a name or an address, and what was seen
    /// meanwhile.
    pub fn new(
        call: &'static str,
        name: &str,
        title: &'static str,
        events: Vec<Event>,
        result: Result<Vec<String>, String>,
    ) -> Self {
        let (result, error) = match result {
            Ok(found) => (found, None),
            Err(words) => (Vec::new(), Some(words)),
        };
        let name = name.to_string();
        let steps = steps(&name, &events, &result);
        Run { call, name, title, steps, result, error }
    }
}

/// First the file, then the name server: as Alice's nsswitch.conf says, and
/// as it was seen.
fn steps(name: &str, events: &[Event], result: &[String]) -> Vec<Step> {
    let hosts = Event::Opened("hosts".into());
    let opened = events.contains(&hosts);
    let mut dns: Vec<_> = events.iter().filter_map(question).collect();
    let found = opened && dns.is_empty();
    let files = match (opened, found) {
        (false, _) => ("not asked", "the text is an address already"),
        (true, true) => ("found", "the first source that knows it ends it"),
        (true, false) => {
            ("not found", "no line has it: the next source is asked")
        }
    };
    let answers = if found { result.to_vec() } else { Vec::new() };
    let mut steps =
        vec![step("files", "/etc/hosts", name.into(), answers, files)];
    if dns.is_empty() {
        let why = match opened {
            false => "the text is an address already",
            true => "the file knew it: nothing went over the wire",
        };
        let outcome = ("not asked", why);
        let (what, answers) = ("10.0.0.2", Vec::new());
        dns.push(step("dns", what, name.into(), answers, outcome));
    }
    steps.extend(dns);
    steps
}

fn step(
    source: &'static str,
    what: &'static str,
    asked: String,
    answers: Vec<String>,
    (outcome, why): (&'static str, &'static str),
) -> Step {
    Step { source, what, asked, answers, outcome, why }
}

/// A question that went to the name server.
fn question(event: &Event) -> Option<Step> {
    let Event::Asked { name, kind, reply } = event else { return None };
    let asked = format!("{kind} {name}");
    let (answers, outcome) = match reply {
        Reply::Found(data) if data.is_empty() => (
            Vec::new(),
            ("not found", "the name exists, but has no such address"),
        ),
        Reply::Found(data) => (
            data.iter().map(Data::to_string).collect(),
            ("found", "the server has this record"),
        ),
        Reply::NoSuchName => {
            (Vec::new(), ("not found", "NXDOMAIN: there is no such name"))
        }
        Reply::Silence => {
            (Vec::new(), ("no answer", "after its time-out it gives up"))
        }
    };
    Some(step("dns", "10.0.0.2", asked, answers, outcome))
}

/// One lookup as text.
pub fn tell(run: &Run) {
    line(format_args!("{}: {}", run.name, run.title));
    for step in run.steps.iter().filter(|step| step.outcome != "not asked") {
        let answer = match step.answers.is_empty() {
            true => step.outcome.to_string(),
            false => step.answers.join(", "),
        };
        say(
            step.source,
            step.what,
            format_args!("{:<26}  {answer}", step.asked),
        );
    }
    let gives = match &run.error {
        Some(words) => words.clone(),
        None => run.result.join(", "),
    };
    say("alice", run.call, gives);
}

/// All lookups as text, with a blank line between.
pub fn tell_all(runs: &[Run]) {
    for (index, run) in runs.iter().enumerate() {
        if index > 0 {
            line("");
        }
        tell(run);
    }
}

/// All lookups as JSON, for the widget.
pub fn json(demo: &str, title: &str, runs: &[Run]) -> Result<(), Trouble> {
    #[derive(Serialize)]
    struct Recording<'a> {
        demo: &'a str,
        title: &'a str,
        runs: &'a [Run],
    }
    let recording = Recording { demo, title, runs };
    let text = serde_json::to_string_pretty(&recording);
    line(text.map_err(io::Error::other).during("write JSON")?);
    Ok(())
}
