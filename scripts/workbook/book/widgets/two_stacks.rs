//! What stands in for the *two stacks*: for each run a table of what
//! happens, the stacks after it, the run queue, and who waits.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded: several runs.
#[derive(Deserialize)]
struct Recorded {
    runs: Vec<Run>,
}

/// One run of the scheduler.
#[derive(Deserialize)]
struct Run {
    title: String,
    steps: Vec<Step>,
}

/// What happened, and how things are after it.
#[derive(Deserialize)]
struct Step {
    who: String,
    call: String,
    what: String,
    running: String,
    queue: Vec<String>,
    waiting: Vec<Waiting>,
    /// The functions on each stack, the newest one last.
    stacks: BTreeMap<String, Vec<String>>,
}

/// Who is in no queue, and what for.
#[derive(Deserialize)]
struct Waiting {
    who: String,
    #[serde(rename = "for")]
    event: String,
}

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        ensure!(!recorded.runs.is_empty(), "no runs");
        for run in &recorded.runs {
            let rows: Result<String> = run.steps.iter().map(row).collect();
            tables += &format!(
                "<table><caption><strong>{}</strong></caption><thead>\
                 <tr><th>call</th><th>stack pointer</th><th>stacks</th>\
                 <th>run queue</th><th>waiting</th></tr></thead>\
                 <tbody>{}</tbody></table>",
                html::escape(&run.title),
                rows?,
            );
        }
    }
    Ok(tables)
}

/// A step: a line for each stack.
fn row(step: &Step) -> Result<String> {
    let known = step.stacks.contains_key(&step.running);
    ensure!(known, "no stack of {}", step.running);
    let stacks = step.stacks.iter().map(|(name, functions)| {
        let functions = match functions.as_slice() {
            [] => "free".to_owned(),
            functions => functions.join(", "),
        };
        html::escape(&format!("{name}: {functions}")).replace(' ', "\u{a0}")
    });
    let waiting = step.waiting.iter();
    let waiting = waiting.map(|it| format!("{}: {}", it.who, it.event));
    Ok(format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        html::escape(
            format!("{} {} {}", step.who, step.call, step.what).trim_end()
        ),
        html::escape(&step.running),
        stacks.collect::<Vec<_>>().join("<br>"),
        html::escape(&step.queue.join(", ")),
        html::escape(&waiting.collect::<Vec<_>>().join(", ")),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(running: &str) -> Value {
        json!({ "runs": [{ "title": "T < U", "steps": [{
            "who": "c", "call": "suspend", "what": "", "running": running,
            "queue": ["a", "b"],
            "waiting": [{ "who": "c", "for": "readable" }],
            "stacks": { "main": ["main"], "a": ["begin", "turn"], "b": [] },
        }] }] })
    }

    #[test]
    fn a_row_has_each_stack_and_both_places_to_wait_in() {
        let table = stand_in(&[recorded("main")]).unwrap();

        assert!(table.contains("<strong>T &lt; U</strong>"), "{table}");
        let cells = "<td>c suspend</td><td>main</td>\
                     <td>a:\u{a0}begin,\u{a0}turn<br>b:\u{a0}free<br>\
                     main:\u{a0}main</td>\
                     <td>a, b</td><td>c: readable</td>";
        assert!(table.contains(cells), "{table}");
    }

    #[test]
    fn a_stack_pointer_that_is_on_no_stack_is_refused() {
        let told = stand_in(&[recorded("x")]).unwrap_err().to_string();

        assert_eq!(told, "no stack of x");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "runs": [] })]).is_err());
    }
}
