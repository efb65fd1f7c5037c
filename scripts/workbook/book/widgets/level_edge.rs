//! What stands in for the *level/edge stepper*: for each program a table of
//! what it did level-triggered, and what it did edge-triggered.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded: several programs.
#[derive(Deserialize)]
struct Recorded {
    scenarios: Vec<Scenario>,
}

/// One program, run in both modes.
#[derive(Deserialize)]
struct Scenario {
    title: String,
    code: String,
    level: Run,
    edge: Run,
}

/// What it called, and what it got.
#[derive(Deserialize)]
struct Run {
    steps: Vec<Step>,
}

/// A call, or what the peer did; `buf` is what waits after it. The end of
/// the stream comes as a step of the kind `fin`, and is read as `end`.
#[derive(Deserialize)]
struct Step {
    kind: String,
    call: String,
    ret: String,
    buf: String,
}

/// A table for each program.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        ensure!(!recorded.scenarios.is_empty(), "no scenarios");
        for scenario in &recorded.scenarios {
            tables += &format!(
                "<table><caption><strong>{}</strong>: <code>{}</code>\
                 </caption><thead><tr><th>level-triggered</th>\
                 <th>edge-triggered</th></tr></thead>\
                 <tbody><tr>{}{}</tr></tbody></table>",
                html::escape(&scenario.title),
                html::escape(&scenario.code),
                cell(&scenario.level)?,
                cell(&scenario.edge)?,
            );
        }
    }
    Ok(tables)
}

/// All that happened in one mode, and what still waits at its end.
fn cell(run: &Run) -> Result<String> {
    let Some(last) = run.steps.last() else {
        anyhow::bail!("a run has no steps");
    };
    let mut lines: Vec<_> = run
        .steps
        .iter()
        .map(|step| match step.kind.as_str() {
            // What the peer did says all by itself.
            "arrive" | "fin" => html::escape(&step.call),
            _ => html::escape(&format!("{} → {}", step.call, step.ret)),
        })
        .collect();
    let had = |kind: &str| run.steps.iter().any(|step| step.kind == kind);
    let mut waits = Vec::new();
    if !last.buf.is_empty() {
        waits.push(format!("{} bytes", last.buf.len()));
    }
    if had("fin") && !had("end") {
        waits.push("the end".to_owned());
    }
    if !waits.is_empty() {
        lines.push(format!(
            "<strong>stalled, unread: {}</strong>",
            waits.join(" and ")
        ));
    }
    Ok(format!("<td>{}</td>", lines.join("<br>")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(kind: &str, call: &str, ret: &str, buf: &str) -> Value {
        json!({ "kind": kind, "call": call, "ret": ret, "buf": buf })
    }

    fn recorded(level: &[Value], edge: &[Value]) -> Value {
        json!({ "scenarios": [{
            "id": "t", "title": "T < U", "code": "while read(4) > 0 {}",
            "level": { "steps": level }, "edge": { "steps": edge },
        }] })
    }

    #[test]
    fn both_modes_stand_side_by_side() {
        let wait = |ret: &str| step("wake", "epoll_wait()", ret, "");

        let table =
            stand_in(&[recorded(&[wait("EPOLLIN")], &[wait("nothing")])])
                .unwrap();

        let caption = "<strong>T &lt; U</strong>: \
                       <code>while read(4) &gt; 0 {}</code>";
        assert!(table.contains(caption), "{table}");
        let cells = "<td>epoll_wait() → EPOLLIN</td>\
                     <td>epoll_wait() → nothing</td>";
        assert!(table.contains(cells), "{table}");
        assert!(!table.contains("stalled"), "{table}");
    }

    #[test]
    fn what_waits_at_the_end_is_told() {
        let fin = step("fin", "peer shuts down", "", "RLD");
        let end = step("end", "read(4)", "0 bytes", "");

        let table = stand_in(&[recorded(
            std::slice::from_ref(&fin),
            &[fin.clone(), end],
        )])
        .unwrap();

        assert_eq!(table.matches("stalled").count(), 1, "{table}");
        let told = "stalled, unread: 3 bytes and the end</strong></td>";
        assert!(table.contains(told), "{table}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "scenarios": [] })]).is_err());
        assert!(stand_in(&[recorded(&[], &[])]).is_err());
    }
}
