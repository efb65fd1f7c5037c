//! What stands in for the *frame explorer*: a table of the frames, and one
//! of the fields of the frame that has most layers.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// A recorded exchange. `fields` says once what holds for a field of this
/// name wherever it occurs.
#[derive(Deserialize)]
struct Recording {
    title: String,
    fields: HashMap<String, Entry>,
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Entry {
    label: String,
}

/// One frame; `bytes` is hexadecimal.
#[derive(Deserialize)]
struct Frame {
    from: String,
    to: String,
    #[serde(default)]
    fate: String,
    summary: String,
    bytes: String,
    layers: Vec<Layer>,
    fields: Vec<Field>,
}

/// A layer's bytes: from `start` up to but not including `end`.
#[derive(Deserialize)]
struct Layer {
    name: String,
    start: usize,
    end: usize,
}

/// A field's bytes: from `start` up to but not including `end`.
#[derive(Deserialize)]
struct Field {
    id: String,
    start: usize,
    end: usize,
    value: String,
}

/// The frames, one a row, and the fields of one of them.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let [demo] = demos else {
        bail!("the frame explorer shows one demo, not {}", demos.len());
    };
    let recording = Recording::deserialize(demo)?;
    let rows: String =
        (1..).zip(&recording.frames).map(|(n, frame)| row(n, frame)).collect();
    let mut tables = format!(
        "<table><caption><strong>{}</strong></caption>\
         <thead><tr><th>frame</th><th>from, to</th><th>what</th>\
         <th>bytes</th><th>layers</th></tr></thead>\
         <tbody>{rows}</tbody></table>",
        html::escape(&recording.title)
    );
    if let Some((number, frame)) = richest(&recording.frames) {
        tables += &fields(number, frame, &recording.fields)?;
    }
    Ok(tables)
}

/// The first frame that has most layers, and its number, from 1.
fn richest(frames: &[Frame]) -> Option<(usize, &Frame)> {
    let most = frames.iter().map(|frame| frame.layers.len()).max()?;
    (1..).zip(frames).find(|(_, frame)| frame.layers.len() == most)
}

/// One frame as a row.
fn row(number: usize, frame: &Frame) -> String {
    let layers: Vec<_> = frame
        .layers
        .iter()
        .map(|l| {
            format!(
                "{} {}",
                html::escape(&l.name),
                l.end.saturating_sub(l.start)
            )
        })
        .collect();
    let fate = match frame.fate.as_str() {
        "" | "delivered" => String::new(),
        other => format!(" ({})", html::escape(other)),
    };
    format!(
        "<tr><td>{number}</td><td>{}&nbsp;→&nbsp;{}</td><td>{}{fate}</td>\
         <td>{}</td><td>{}</td></tr>",
        html::escape(&frame.from),
        html::escape(&frame.to),
        html::escape(&frame.summary),
        frame.bytes.len() / 2,
        layers.join(" · ")
    )
}

/// Every field of one frame: where, what, and which bytes.
fn fields(
    number: usize,
    frame: &Frame,
    catalogue: &HashMap<String, Entry>,
) -> Result<String> {
    let mut rows = String::new();
    for field in &frame.fields {
        let entry = catalogue
            .get(&field.id)
            .with_context(|| format!("no entry for field {}", field.id))?;
        rows += &format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            place(field),
            html::escape(&entry.label),
            hex(frame, field)?,
            html::escape(&field.value)
        );
    }
    Ok(format!(
        "<table><caption>Frame {number}, {}, field by field</caption>\
         <thead><tr><th>bytes</th><th>field</th><th>hexadecimal</th>\
         <th>value</th></tr></thead><tbody>{rows}</tbody></table>",
        html::escape(&frame.summary)
    ))
}

/// The first and last byte of a field, counted from 0.
fn place(field: &Field) -> String {
    let last = field.end.saturating_sub(1);
    if field.start == last {
        last.to_string()
    } else {
        format!("{}–{last}", field.start)
    }
}

/// The bytes of a field, unless its value tells them better.
fn hex(frame: &Frame, field: &Field) -> Result<String> {
    /// Longer fields are text.
    const LONG: usize = 12;
    let digits = frame
        .bytes
        .get(2 * field.start..2 * field.end)
        .filter(|digits| !digits.is_empty())
        .with_context(|| format!("no bytes of the frame: {}", field.id))?;
    let bytes: Vec<_> =
        (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]).collect();
    Ok(match bytes.len() {
        ..=LONG => format!("<code>{}</code>", bytes.join(" ")),
        long => format!("{long} bytes"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frame(to: &str, fate: &str, fields: Value) -> Value {
        json!({
            "from": "alice", "to": to, "fate": fate, "summary": "a < b",
            "bytes": "0a0b0c",
            "layers": [{ "id": "one", "name": "One", "start": 0, "end": 3 }],
            "fields": fields,
        })
    }

    fn recording(frames: &[Value]) -> Value {
        json!({
            "title": "T", "frames": frames,
            "fields": { "one.x": { "label": "The X", "why": "It is." } },
        })
    }

    #[test]
    fn the_stand_in_lists_every_frame_and_the_fields_of_one() {
        let field = |start: usize, end: usize, value: &str| {
            json!({ "id": "one.x", "layer": "one", "start": start,
                    "end": end, "value": value })
        };
        let fields = json!([field(0, 1, "10"), field(1, 3, "\"2\"")]);
        let frames = [
            frame("bob", "delivered", fields),
            frame("all", "lost", json!([])),
        ];

        let tables = stand_in(&[recording(&frames)]).unwrap();

        for cells in [
            "<td>1</td><td>alice&nbsp;→&nbsp;bob</td><td>a &lt; b</td><td>3</td>",
            "<td>2</td><td>alice&nbsp;→&nbsp;all</td><td>a &lt; b (lost)</td>",
            "<td>One 3</td>",
            "<caption>Frame 1, a &lt; b, field by field</caption>",
            "<td>0</td><td>The X</td><td><code>0a</code></td><td>10</td>",
            "<td>1–2</td><td>The X</td><td><code>0b 0c</code></td>\
             <td>&quot;2&quot;</td>",
        ] {
            assert!(tables.contains(cells), "{cells}\nin {tables}");
        }
    }

    #[test]
    fn the_fields_are_those_of_the_frame_with_most_layers() {
        let mut second = frame("bob", "delivered", json!([]));
        let layers = second["layers"].as_array_mut().unwrap();
        layers.push(layers[0].clone());
        let first = frame("bob", "delivered", json!([]));

        let tables = stand_in(&[recording(&[first, second])]).unwrap();

        assert!(tables.contains("<caption>Frame 2, "), "{tables}");
    }

    /// Why the stand-in refuses a frame with this one field.
    fn refused(field: Value) -> String {
        let frame = frame("bob", "delivered", json!([field]));
        stand_in(&[recording(&[frame])]).unwrap_err().to_string()
    }

    #[test]
    fn a_field_that_no_entry_explains_is_refused() {
        let why = refused(
            json!({ "id": "one.y", "start": 0, "end": 1, "value": "" }),
        );

        assert!(why.contains("one.y"), "{why}");
    }

    #[test]
    fn a_field_beyond_its_frame_is_refused() {
        for (start, end) in [(2, 4), (2, 1), (2, 2)] {
            let why = refused(json!({
                "id": "one.x", "start": start, "end": end, "value": "",
            }));

            assert!(why.contains("one.x"), "{why}");
        }
    }

    #[test]
    fn two_demos_are_refused() {
        let demo = recording(&[]);

        assert!(stand_in(&[demo.clone(), demo]).is_err());
    }
}
