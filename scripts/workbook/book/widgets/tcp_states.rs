//! What stands in for the *TCP states*: a table of the steps, and the states
//! of both ends after each.

use anyhow::Result;
use serde_json::Value;

use super::conversation::{Conversation, Step};
use crate::book::html;

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let run = Conversation::read(demo)?;
        let mut last = None;
        let rows: String =
            run.steps.iter().map(|step| row(step, &mut last)).collect();
        let [one, other] = run.hosts.each_ref().map(|h| html::escape(&h.name));
        tables += &run.table(&["what happens", &one, &other], &rows);
    }
    Ok(tables)
}

/// One step as a row. A state is written where it differs from the `last`.
fn row<'a>(step: &'a Step, last: &mut Option<&'a [String; 2]>) -> String {
    let (told, states) = match step {
        Step::Call(call) => (call.told(), &call.states),
        Step::Segment(segment) => (segment.told(), &segment.states),
    };
    let mut cells = [String::new(), String::new()];
    if let Some(states) = states {
        for (i, cell) in cells.iter_mut().enumerate() {
            if last.is_none_or(|last| last[i] != states[i]) {
                *cell = html::escape(&states[i]);
            }
        }
        *last = Some(states);
    }
    let [alice, bob] = cells;
    format!("<tr><td>{told}</td><td>{alice}</td><td>{bob}</td></tr>")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::conversation::tests::run;
    use super::*;

    #[test]
    fn a_row_tells_which_end_was_moved() {
        let table = stand_in(&[run(json!([
            { "kind": "call", "host": "alice", "call": "connect",
              "what": "<bob>", "states": ["SYN-SENT", "LISTEN"] },
            { "kind": "segment", "from": "alice", "flags": ["SYN"],
              "seq": 0, "ack": null, "length": 0, "fate": "delivered",
              "states": ["SYN-SENT", "SYN-RECEIVED"] },
        ]))])
        .unwrap();

        assert!(table.contains("<strong>T &lt; U</strong>"), "{table}");
        assert!(table.contains("<th>alice</th><th>bob</th>"), "{table}");
        let first = "<td>alice connect &lt;bob&gt;</td>\
                     <td>SYN-SENT</td><td>LISTEN</td>";
        assert!(table.contains(first), "{table}");
        let second = "<td>alice → SYN</td><td></td><td>SYN-RECEIVED</td>";
        assert!(table.contains(second), "{table}");
    }

    #[test]
    fn a_step_without_states_leaves_them_as_they_were() {
        let call = |states| {
            json!({ "kind": "call", "host": "bob",
                                    "call": "recv", "states": states })
        };
        let known = json!(["ESTABLISHED", "CLOSE-WAIT"]);

        let steps = [call(known.clone()), call(json!(null)), call(known)];
        let table = stand_in(&[run(json!(steps))]).unwrap();

        assert_eq!(table.matches("CLOSE-WAIT").count(), 1, "{table}");
        assert_eq!(table.matches("<td></td><td></td>").count(), 2, "{table}");
    }
}
