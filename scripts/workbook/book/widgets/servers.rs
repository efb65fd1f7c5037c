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
                 <tr><th>call</th><th>process</th><th>threads</th>\
                 <th>descriptors</th><th>not accepted</th><th>note</th></tr>\
                 </thead><tbody>{rows}</tbody></table>",
                html::escape(&run.title),
            );
        }
    }
    Ok(tables)
}

/// A step: a line for each process.
fn row(step: &Step) -> String {
    let column = |cell: fn(&Process) -> String| {
        let cells = step.processes.iter().map(cell);
        let cells = cells.map(|cell| html::escape(&cell));
        cells.collect::<Vec<_>>().join("<br>").replace(' ', "\u{a0}")
    };
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
         <td>{}</td></tr>",
        html::escape(
            format!("{} {} {}", step.who, step.call, step.what).trim_end()
        ),
        column(|process| process.name.clone()),
        column(|process| process.threads.join(", ")),
        column(|process| {
            let fds = process.fds.iter();
            let fds = fds.map(|it| format!("{} {}", it.fd, it.what));
            fds.collect::<Vec<_>>().join(", ")
        }),
        html::escape(&step.queue.join(", ")),
        html::escape(&step.why),
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
        let cells = "<td>server<br>child</td>\
                     <td>main,\u{a0}for\u{a0}a<br>main</td>\
                     <td>3\u{a0}listener<br>\
                     5\u{a0}bell,\u{a0}7\u{a0}client\u{a0}a</td>\
                     <td>b, c</td><td>b &amp; c</td>";
        assert!(table.contains(cells), "{table}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "runs": [] })]).is_err());
    }
}
