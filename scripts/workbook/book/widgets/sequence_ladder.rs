//! What stands in for the *sequence ladder*: a table of the segments, with
//! their numbers and what became of them.

use anyhow::Result;
use serde_json::Value;

use super::conversation::{Conversation, Segment, Step};
use crate::book::html;

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let run = Conversation::read(demo)?;
        let rows: String = run.steps.iter().map(row).collect();
        let columns = ["what happens", "seq", "ack", "SACK", "why"];
        tables += &run.table(&columns, &rows);
    }
    Ok(tables)
}

fn row(step: &Step) -> String {
    match step {
        Step::Call(call) => {
            format!("<tr><td colspan=\"5\">{}</td></tr>", call.told())
        }
        Step::Segment(segment) => format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            segment.told(),
            segment.seq,
            segment.ack.map(|ack| ack.to_string()).unwrap_or_default(),
            ranges(&segment.sack),
            why(segment)
        ),
    }
}

/// "2921–4381, 5841–7301": each from its first byte to the one after the
/// last (RFC 2018, section 3).
fn ranges(sack: &[[u32; 2]]) -> String {
    let ranges: Vec<_> =
        sack.iter().map(|[left, right]| format!("{left}–{right}")).collect();
    ranges.join(", ")
}

/// What was waited for, and what the sender makes of it.
fn why(segment: &Segment) -> String {
    let wait = segment.wait.as_ref().map(|wait| format!("{wait} later"));
    let note = Some(segment.note.clone()).filter(|note| !note.is_empty());
    let told: Vec<_> = wait.into_iter().chain(note).collect();
    html::escape(&told.join(": "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::conversation::tests::run;
    use super::*;

    #[test]
    fn a_row_has_the_numbers_and_the_fate() {
        let table = stand_in(&[run(json!([
            { "kind": "call", "host": "alice", "call": "send" },
            { "kind": "segment", "from": "alice", "flags": ["ACK"],
              "seq": 1461, "ack": 1, "length": 1460, "fate": "lost",
              "wait": "about 0.2 s", "note": "the timer" },
            { "kind": "segment", "from": "bob", "flags": ["ACK"],
              "seq": 1, "ack": 1461, "length": 0, "fate": "delivered",
              "sack": [[2921, 4381], [5841, 7301]] },
        ]))])
        .unwrap();

        assert!(table.contains("<td colspan=\"5\">alice send</td>"));
        let lost = "<td>alice → 1460 bytes ✗ lost</td><td>1461</td>\
                    <td>1</td><td></td>\
                    <td>about 0.2 s later: the timer</td>";
        assert!(table.contains(lost), "{table}");
        let told = "<td>bob → ACK</td><td>1</td><td>1461</td>\
                    <td>2921–4381, 5841–7301</td><td></td>";
        assert!(table.contains(told), "{table}");
    }

    #[test]
    fn the_first_segment_acknowledges_nothing() {
        let table = stand_in(&[run(json!([
            { "kind": "segment", "from": "alice", "flags": ["SYN"],
              "seq": 0, "ack": null, "length": 0, "fate": "delivered" },
        ]))])
        .unwrap();

        let row = "<td>alice → SYN</td><td>0</td><td></td><td></td>";
        assert!(table.contains(row), "{table}");
    }
}
