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
        let mut columns = vec!["what happens", "seq", "ack"];
        if run.steps.iter().any(|step| !notes(step).is_empty()) {
            columns.push("beside it");
        }
        let rows: String =
            run.steps.iter().map(|step| row(step, columns.len())).collect();
        tables += &run.table(&columns, &rows);
    }
    Ok(tables)
}

/// One step as a row of so many cells; a call takes all of them.
fn row(step: &Step, cells: usize) -> String {
    let segment = match step {
        Step::Segment(segment) => segment,
        Step::Call(call) => {
            let told = call.told();
            return format!("<tr><td colspan=\"{cells}\">{told}</td></tr>");
        }
    };
    let ack = segment.ack.map(|ack| ack.to_string());
    let mut row = format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td>",
        segment.told(),
        segment.seq,
        ack.unwrap_or_default()
    );
    if cells > 3 {
        row += &format!("<td>{}</td>", html::escape(&notes(step)));
    }
    row + "</tr>"
}

/// What was waited for, what SACK says, and what the sender makes of it.
fn notes(step: &Step) -> String {
    let Step::Segment(segment) = step else { return String::new() };
    let wait = segment.wait.iter().map(|wait| format!("{wait} later"));
    let sack = Some(ranges(segment)).filter(|sack| !sack.is_empty());
    let note = Some(segment.note.clone()).filter(|note| !note.is_empty());
    let told: Vec<_> = wait.chain(sack).chain(note).collect();
    told.join(": ")
}

/// "SACK 2921–4381, 5841–7301": each from its first byte to the one after
/// the last (RFC 2018, section 3).
fn ranges(segment: &Segment) -> String {
    let ranges: Vec<_> = segment
        .sack
        .iter()
        .map(|[left, right]| format!("{left}–{right}"))
        .collect();
    match ranges.join(", ") {
        none if none.is_empty() => none,
        some => format!("SACK {some}"),
    }
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

        assert!(table.contains("<td colspan=\"4\">alice send</td>"));
        let lost = "<td>alice → 1460 bytes ✗ lost</td><td>1461</td>\
                    <td>1</td><td>about 0.2 s later: the timer</td>";
        assert!(table.contains(lost), "{table}");
        let told = "<td>bob → ACK</td><td>1</td><td>1461</td>\
                    <td>SACK 2921–4381, 5841–7301</td>";
        assert!(table.contains(told), "{table}");
    }

    #[test]
    fn the_first_segment_has_nothing_to_acknowledge_or_to_note() {
        let table = stand_in(&[run(json!([
            { "kind": "segment", "from": "alice", "flags": ["SYN"],
              "seq": 0, "ack": null, "length": 0, "fate": "delivered" },
        ]))])
        .unwrap();

        let row = "<td>alice → SYN</td><td>0</td><td></td></tr>";
        assert!(table.contains(row), "{table}");
    }
}
