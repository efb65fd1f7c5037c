//! What stands in for the *HTTP dissector*: a table of the requests to begin
//! with and of what comes of them, and one of the first request's parts.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded: requests.
#[derive(Deserialize)]
struct Recorded {
    title: String,
    requests: Vec<Request>,
}

/// A request; each character of `bytes` is one byte, up to U+00FF.
#[derive(Deserialize)]
struct Request {
    label: String,
    bytes: String,
    #[serde(default)]
    parts: Vec<Part>,
    verdict: String,
}

/// Some bytes of a request, and what they are for.
#[derive(Deserialize)]
struct Part {
    name: String,
    at: usize,
    length: usize,
    #[serde(default)]
    why: String,
}

/// The requests, one a row, and the parts of the first.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        let first = recorded.requests.first().context("no requests")?;
        let rows: Result<String> = recorded.requests.iter().map(row).collect();
        tables += &format!(
            "<table><caption><strong>{}</strong></caption><thead><tr>\
             <th>request</th><th>bytes</th><th>what comes of it</th></tr>\
             </thead><tbody>{}</tbody></table>{}",
            html::escape(&recorded.title),
            rows?,
            parts(first)?,
        );
    }
    Ok(tables)
}

/// A request, as in a literal of Rust, a line for each of its own.
fn row(request: &Request) -> Result<String> {
    let Request { label, bytes, verdict, .. } = request;
    if let Some(wide) = bytes.chars().find(|&c| u32::from(c) > 0xff) {
        anyhow::bail!("{label}: {wide} is no byte");
    }
    let lines = bytes.split_inclusive('\n');
    let lines = lines.map(|line| html::escape(&literal(line)));
    Ok(format!(
        "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
        html::escape(label),
        lines.collect::<Vec<_>>().join("<br>"),
        html::escape(verdict),
    ))
}

/// The parts of a request: which bytes, and what for.
fn parts(request: &Request) -> Result<String> {
    if request.parts.is_empty() {
        return Ok(String::new());
    }
    let bytes: Vec<char> = request.bytes.chars().collect();
    let mut rows = String::new();
    for Part { name, at, length, why } in &request.parts {
        let end = at.saturating_add(*length);
        ensure!(
            *length > 0 && end <= bytes.len(),
            "{}: no bytes of the request: {name}",
            request.label
        );
        let text: String = bytes[*at..end].iter().collect();
        rows += &format!(
            "<tr><td>{at}–{}</td><td>{}</td><td><code>{}</code></td>\
             <td>{}</td></tr>",
            end - 1,
            html::escape(name),
            html::escape(&literal(&text)),
            html::escape(why),
        );
    }
    Ok(format!(
        "<table><caption>{}, part by part</caption><thead><tr>\
         <th>bytes</th><th>part</th><th>text</th><th>note</th></tr></thead>\
         <tbody>{rows}</tbody></table>",
        html::escape(&request.label),
    ))
}

/// Bytes as they stand in a literal of Rust.
fn literal(bytes: &str) -> String {
    bytes
        .chars()
        .map(|c| match c {
            '\0' => "\\0".to_owned(),
            '\t' | '\n' | '\r' => c.escape_default().to_string(),
            ' '..='~' => c.to_string(),
            other => format!("\\x{:02x}", u32::from(other)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(bytes: &str, at: usize, length: usize) -> Value {
        json!({ "demo": "exchange", "title": "T < U", "requests": [
            { "label": "a & b", "bytes": bytes, "verdict": "400 at byte 9",
              "parts": [{ "name": "method", "at": at, "length": length,
                          "why": "w > v" }] }] })
    }

    #[test]
    fn a_request_has_a_row_and_so_has_each_part_of_the_first() {
        let tables = stand_in(&[recorded("GET <\r\n\0\u{ff}", 0, 3)]).unwrap();

        for cells in [
            "<strong>T &lt; U</strong>",
            "<td>a &amp; b</td><td><code>GET &lt;\\r\\n<br>\\0\\xff</code>\
             </td><td>400 at byte 9</td>",
            "<td>0–2</td><td>method</td><td><code>GET</code></td>\
             <td>w &gt; v</td>",
        ] {
            assert!(tables.contains(cells), "{cells}\nin {tables}");
        }
    }

    /// Why the stand-in refuses this request.
    fn refused(bytes: &str, at: usize, length: usize) -> String {
        let demo = recorded(bytes, at, length);
        stand_in(&[demo]).unwrap_err().to_string()
    }

    #[test]
    fn a_part_beyond_its_request_is_refused() {
        for (at, length) in [(2, 4), (2, 0), (usize::MAX, 2)] {
            let why = refused("GET /", at, length);

            assert_eq!(why, "a & b: no bytes of the request: method");
        }
    }

    #[test]
    fn a_character_that_is_no_byte_is_refused() {
        assert_eq!(refused("GET ←", 0, 3), "a & b: ← is no byte");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "title": "T", "requests": [] })]).is_err());
    }
}
