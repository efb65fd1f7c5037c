//! What stands in for the *descriptor tables*: a table of the calls, and of
//! the descriptors in each process after them.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// A recorded run.
#[derive(Deserialize)]
struct Run {
    title: String,
    processes: Vec<String>,
    objects: Vec<Object>,
    steps: Vec<Step>,
}

/// What descriptors refer to, in the kernel.
#[derive(Deserialize)]
struct Object {
    id: String,
    what: String,
}

/// A call, and what each process has after it.
#[derive(Deserialize)]
struct Step {
    who: String,
    call: String,
    #[serde(default)]
    note: String,
    tables: std::collections::BTreeMap<String, Vec<Slot>>,
    #[serde(default)]
    in_flight: Vec<String>,
}

/// A descriptor, and what it refers to.
#[derive(Deserialize)]
struct Slot {
    fd: i32,
    object: String,
}

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let run = Run::deserialize(demo)?;
        let rows: String = run
            .steps
            .iter()
            .map(|step| row(&run, step))
            .collect::<Result<_>>()?;
        let heads: String = run
            .processes
            .iter()
            .map(|name| format!("<th>{} has</th>", html::escape(name)))
            .collect();
        let legend: Vec<_> = run
            .objects
            .iter()
            .map(|o| html::escape(&format!("{} is {}", o.id, o.what)))
            .collect();
        tables += &format!(
            "<table><caption><strong>{}</strong>: {}.</caption><thead>\
             <tr><th>call</th>{heads}<th>in flight</th><th>note</th></tr>\
             </thead><tbody>{rows}</tbody></table>",
            html::escape(&run.title),
            legend.join(", ")
        );
    }
    Ok(tables)
}

fn row(run: &Run, step: &Step) -> Result<String> {
    let mut cells = String::new();
    for process in &run.processes {
        let slots = step.tables.get(process).map_or(&[][..], Vec::as_slice);
        let told = slots
            .iter()
            .map(|slot| {
                Ok(format!(
                    "{}\u{a0}→\u{a0}{}",
                    slot.fd,
                    run.known(&slot.object)?
                ))
            })
            .collect::<Result<Vec<_>>>()?;
        cells += &format!("<td>{}</td>", told.join("<br>"));
    }
    let aboard = step
        .in_flight
        .iter()
        .map(|id| run.known(id))
        .collect::<Result<Vec<_>>>()?;
    Ok(format!(
        "<tr><td>{} {}</td>{cells}<td>{}</td><td>{}</td></tr>",
        html::escape(&step.who),
        html::escape(&step.call),
        aboard.join("<br>"),
        html::escape(&step.note)
    ))
}

impl Run {
    /// The short name of an object that the run has, as HTML.
    fn known(&self, id: &str) -> Result<String> {
        let known = self.objects.iter().any(|object| object.id == id);
        ensure!(known, "no object {id}");
        Ok(html::escape(id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(steps: Value) -> Value {
        json!({ "title": "T < U", "processes": ["old", "new"],
                "objects": [{ "id": "L", "what": "listener <a>" }],
                "steps": steps })
    }

    #[test]
    fn a_row_has_both_tables_and_what_is_on_its_way() {
        let l = |fd| json!([{ "fd": fd, "object": "L" }]);

        let table = stand_in(&[run(json!([
            { "who": "old", "call": "sendmsg", "in_flight": ["L"],
              "tables": { "old": l(3), "new": [] } },
            { "who": "new", "call": "recvmsg", "note": "a & b",
              "tables": { "old": l(3), "new": l(7) } },
        ]))])
        .unwrap();

        let legend = "T &lt; U</strong>: L is listener &lt;a&gt;.</caption>";
        assert!(table.contains(legend), "{table}");
        let sent = "<td>old sendmsg</td><td>3\u{a0}→\u{a0}L</td>\
                    <td></td><td>L</td><td></td>";
        assert!(table.contains(sent), "{table}");
        let got = "<td>7\u{a0}→\u{a0}L</td><td></td>\
                   <td>a &amp; b</td>";
        assert!(table.contains(got), "{table}");
    }

    #[test]
    fn an_object_that_nobody_named_is_refused() {
        let strange = json!([{ "who": "old", "call": "dup",
            "tables": { "old": [{ "fd": 3, "object": "X" }] } }]);

        let told = stand_in(&[run(strange)]).unwrap_err().to_string();

        assert_eq!(told, "no object X");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
    }
}
