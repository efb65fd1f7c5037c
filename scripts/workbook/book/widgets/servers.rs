//! What stands in for the *servers*: for each model a table of what the
//! clients do, and of what the server consists of after it.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded: several models.
#[derive(Deserialize)]
struct Recorded {
    runs: Vec<Run>,
}

/// One model.
#[derive(Deserialize)]
struct Run {
    title: String,
    steps: Vec<Step>,
}

/// What a client did, and what is there after it.
#[derive(Deserialize)]
struct Step {
    who: String,
    call: String,
    what: String,
    why: String,
    processes: Vec<Process>,
    queue: Vec<String>,
}

/// A process of the server.
#[derive(Deserialize)]
struct Process {
    name: String,
    threads: Vec<String>,
    fds: Vec<Descriptor>,
}

/// A number, and what it stands for.
#[derive(Deserialize)]
struct Descriptor {
    fd: u32,
    what: String,
}

/// A table for each model.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        ensure!(!recorded.runs.is_empty(), "no runs");
        for run in &recorded.runs {
            let rows: String = run.steps.iter().map(row).collect();
            tables += &format!(
                "<table><caption><strong>{}</strong></caption><thead>\
                 <tr><th>call</th><th>processes: threads; descriptors</th>\
                 <th>not accepted</th><th>note</th></tr></thead>\
                 <tbody>{rows}</tbody></table>",
                html::escape(&run.title),
            );
        }
    }
    Ok(tables)
}

/// A step: a line for each process.
fn row(step: &Step) -> String {
    let lines: Vec<_> = step.processes.iter().map(line).collect();
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        html::escape(
            format!("{} {} {}", step.who, step.call, step.what).trim_end()
        ),
        lines.join("<br>"),
        html::escape(&step.queue.join(", ")),
        html::escape(&step.why),
    )
}

/// A process: its threads, then its descriptors, none of them torn apart.
fn line(process: &Process) -> String {
    let whole = |text: &str| html::escape(text).replace(' ', "\u{a0}");
    let threads = process.threads.iter().map(|it| whole(it));
    let fds = process.fds.iter();
    let fds = fds.map(|it| whole(&format!("{} {}", it.fd, it.what)));
    format!(
        "<strong>{}</strong>: {}; {}",
        html::escape(&process.name),
        threads.collect::<Vec<_>>().join(", "),
        fds.collect::<Vec<_>>().join(", "),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_process_has_a_line_with_its_threads_and_descriptors() {
        let table = stand_in(&[json!({ "runs": [{ "title": "T < U",
            "steps": [{ "who": "a", "call": "recv", "what": "\"HI\"",
                "why": "b & c", "queue": ["b", "c"], "processes": [
                { "name": "server", "threads": ["main", "for a"],
                  "fds": [{ "fd": 3, "what": "listener" }] },
                { "name": "child", "threads": ["main"],
                  "fds": [{ "fd": 5, "what": "bell" },
                          { "fd": 7, "what": "client a" }] },
            ] }] }] })])
        .unwrap();

        assert!(table.contains("<strong>T &lt; U</strong>"), "{table}");
        let cells = "<td><strong>server</strong>: main, for\u{a0}a; \
                     3\u{a0}listener<br><strong>child</strong>: main; \
                     5\u{a0}bell, 7\u{a0}client\u{a0}a</td>\
                     <td>b, c</td><td>b &amp; c</td>";
        assert!(table.contains(cells), "{table}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "runs": [] })]).is_err());
    }
}
