//! What stands in for the *option matrix*: for each state of the first socket
//! a table of what the second gets, by the options of both.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo measured.
#[derive(Deserialize)]
struct Recorded {
    title: String,
    cells: Vec<Cell>,
}

/// Two sockets, their options, and what the second got from which `call`.
#[derive(Deserialize)]
struct Cell {
    first: Choice,
    state: String,
    second: Choice,
    outcome: String,
    call: String,
}

/// Which options a socket has set: SO_REUSEADDR, SO_REUSEPORT.
#[derive(Deserialize, Clone, Copy, PartialEq)]
struct Choice {
    addr: bool,
    port: bool,
}

/// Every choice there is, in the order of rows and columns.
const CHOICES: [(Choice, &str); 4] = [
    (Choice { addr: false, port: false }, "without"),
    (Choice { addr: true, port: false }, "SO_REUSEADDR"),
    (Choice { addr: false, port: true }, "SO_REUSEPORT"),
    (Choice { addr: true, port: true }, "both"),
];

/// A table for each state.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        let mut states = Vec::new();
        for cell in &recorded.cells {
            if !states.contains(&&cell.state) {
                states.push(&cell.state);
            }
        }
        ensure!(!states.is_empty(), "{}: no cells", recorded.title);
        for state in states {
            tables += &table(&recorded, state)?;
        }
    }
    Ok(tables)
}

fn table(recorded: &Recorded, state: &str) -> Result<String> {
    let mut rows = String::new();
    for (first, name) in CHOICES {
        let mut row = format!("<th>{name}</th>");
        for (second, _) in CHOICES {
            let cell = recorded.cells.iter().find(|c| {
                c.state == state && c.first == first && c.second == second
            });
            row += &outcome(cell.with_context(|| {
                format!("{state}: a choice of options was not measured")
            })?);
        }
        rows += &format!("<tr>{row}</tr>");
    }
    let heads: String =
        CHOICES.iter().map(|(_, name)| format!("<th>{name}</th>")).collect();
    Ok(format!(
        "<table><caption><strong>{}</strong> {}. Rows are its options, \
         columns the second’s.</caption><thead><tr>\
         <th>first, second</th>{heads}</tr></thead>\
         <tbody>{rows}</tbody></table>",
        html::escape(&recorded.title),
        told(state)
    ))
}

/// The first socket's state as the start of a sentence.
fn told(state: &str) -> String {
    match state {
        "bound" => "The first is bound, and doesn’t listen".into(),
        "listening" => "The first is bound and listens".into(),
        "time-wait" => "The first is gone, a connection is in TIME-WAIT".into(),
        other => format!("The first is {}", html::escape(other)),
    }
}

/// What the second socket got; where its bind passed, from which call.
fn outcome(cell: &Cell) -> String {
    let outcome = html::escape(&cell.outcome);
    match (cell.outcome.as_str(), cell.call.as_str()) {
        ("OK", _) => format!("<td>✓ {outcome}</td>"),
        (_, "bind") => format!("<td>✗ {outcome}</td>"),
        (_, call) => format!("<td>✗ {outcome}, {}</td>", html::escape(call)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// All cells of one state; both with SO_REUSEPORT are allowed.
    fn cells() -> Vec<Value> {
        let choice = |i: usize| json!({ "addr": i & 1 > 0, "port": i > 1 });
        let cell = |i: usize| {
            let allowed = i / 4 > 1 && i % 4 > 1;
            json!({ "first": choice(i / 4), "state": "listening",
                    "second": choice(i % 4), "call": "bind",
                    "outcome": if allowed { "OK" } else { "EADDRINUSE" } })
        };
        (0..16).map(cell).collect()
    }

    #[test]
    fn a_row_has_the_first_sockets_options() {
        let table =
            stand_in(&[json!({ "title": "T < U", "cells": cells() })]).unwrap();

        let no = "<td>✗ EADDRINUSE</td>";
        let port = format!("<th>SO_REUSEPORT</th>{no}{no}<td>✓ OK</td>");
        assert!(table.contains(&port), "{table}");
        let caption = "<strong>T &lt; U</strong> The first is bound and";
        assert!(table.contains(caption), "{table}");
        assert_eq!(table.matches(no).count(), 12, "{table}");
    }

    #[test]
    fn a_listen_that_was_refused_is_told() {
        let mut cells = cells();
        cells[5]["call"] = json!("listen");

        let table = stand_in(&[json!({ "title": "T", "cells": cells })]);

        let once = table.unwrap().matches("EADDRINUSE, listen").count();
        assert_eq!(once, 1);
    }

    #[test]
    fn a_cell_that_is_missing_is_told() {
        let mut cells = cells();
        cells.pop();

        let told = stand_in(&[json!({ "title": "T", "cells": cells })]);

        let told = told.unwrap_err().to_string();
        assert!(told.starts_with("listening: "), "{told}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "title": "T", "cells": [] })]).is_err());
    }
}
