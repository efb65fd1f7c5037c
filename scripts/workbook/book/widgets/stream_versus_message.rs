//! What stands in for the widget *stream versus message*: a table of calls
//! for each recorded run.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// A recorded run: one demo's calls, and the messages they were meant for.
#[derive(Deserialize)]
struct Run {
    title: String,
    rule: String,
    steps: Vec<Step>,
    sent: Vec<String>,
}

/// One call; `bytes` and `kept` are hexadecimal.
#[derive(Deserialize)]
struct Step {
    who: String,
    call: String,
    bytes: String,
    #[serde(default)]
    messages: Vec<String>,
    #[serde(default)]
    kept: String,
}

/// A table for each run: who called what, what was kept for later, and
/// which messages came out, right or wrong.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let run = Run::deserialize(demo)?;
        let mut due = run.sent.iter();
        let mut rows = String::new();
        for step in &run.steps {
            rows += &row(step, &mut due);
        }
        tables += &format!(
            "<table><caption><strong>{}</strong> ({})</caption>\
             <thead><tr><th>call</th><th>bytes</th><th>kept</th>\
             <th>messages made</th></tr></thead>\
             <tbody>{rows}</tbody></table>",
            html::escape(&run.title),
            html::escape(&run.rule)
        );
    }
    Ok(tables)
}

/// One call as a row. A message is right if it is among those still `due`,
/// in their order.
fn row<'a>(
    step: &Step,
    due: &mut (impl Iterator<Item = &'a String> + Clone),
) -> String {
    let mut made = Vec::new();
    for message in &step.messages {
        let mut rest = due.clone();
        let right = rest.any(|sent| sent == message);
        if right {
            *due = rest;
        }
        let (mark, verdict) =
            if right { ('✓', "as sent") } else { ('✗', "never sent") };
        let message = quoted(message.as_bytes());
        made.push(format!("{mark} {message} {verdict}"));
    }
    let moved = match (step.call.as_str(), bytes(&step.bytes)) {
        ("recv", none) if none.is_empty() => "0 bytes: the end".into(),
        (_, moved) => moved,
    };
    format!(
        "<tr><td>{} {}</td><td>{moved}</td><td>{}</td><td>{}</td></tr>",
        html::escape(&step.who),
        html::escape(&step.call),
        bytes(&step.kept),
        made.join("<br>")
    )
}

/// Bytes given in hexadecimal, as text where they are text.
fn bytes(hex: &str) -> String {
    /// A longer piece is cut after half of it.
    const LONG: usize = 48;
    let digits = |at| hex.get(at..at + 2).unwrap_or_default();
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .filter_map(|at| u8::from_str_radix(digits(at), 16).ok())
        .collect();
    match bytes.as_slice() {
        [] => String::new(),
        all if all.len() > LONG => format!(
            "{} and so on: {} bytes",
            quoted(&all[..LONG / 2]),
            all.len()
        ),
        all => quoted(all),
    }
}

/// Bytes as Rust would write them; but a tab, say, is a number here.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b' '..=b'~' => text.push(char::from(byte)),
            b'\n' => text.push_str("\\n"),
            _ => text += &format!("\\x{byte:02x}"),
        }
    }
    format!("<code>\"{}\"</code>", html::escape(&text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(steps: Value) -> Value {
        json!({
            "title": "T", "rule": "R",
            "sent": ["a", "b"], "steps": steps,
        })
    }

    #[test]
    fn the_stand_in_tells_right_messages_from_wrong_ones() {
        let steps = json!([
            { "who": "sender", "call": "send", "bytes": "610a620a" },
            { "who": "receiver", "call": "recv", "bytes": "610a620a",
              "messages": ["a", "ab", "b"], "kept": "0a" },
        ]);

        let table = stand_in(&[run(steps)]).unwrap();

        assert!(
            table.contains("<td><code>\"a\\nb\\n\"</code></td>"),
            "{table}"
        );
        assert!(table.contains("✓ <code>\"a\"</code> as sent"), "{table}");
        assert!(table.contains("✗ <code>\"ab\"</code> never sent"), "{table}");
        assert!(table.contains("✓ <code>\"b\"</code> as sent"), "{table}");
        assert!(table.contains("<td><code>\"\\n\"</code></td>"), "{table}");
    }

    #[test]
    fn a_message_that_came_twice_was_sent_once() {
        let recv = json!({ "who": "receiver", "call": "recv",
                           "bytes": "61", "messages": ["a"] });

        let table = stand_in(&[run(json!([recv, recv]))]).unwrap();

        assert_eq!(table.matches('✓').count(), 1);
        assert_eq!(table.matches('✗').count(), 1);
    }

    #[test]
    fn long_bytes_are_cut_and_counted() {
        let told = bytes(&"61".repeat(2000));

        assert!(told.ends_with("and so on: 2000 bytes"), "{told}");
    }

    #[test]
    fn a_length_reads_as_numbers() {
        assert_eq!(bytes("00000009"), r#"<code>"\x00\x00\x00\x09"</code>"#);
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
    }
}
