//! What stands in for the *scaling plot*: a table of what an event costs, by
//! mechanism and by the number of descriptors watched beside it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What `scaling --json` measured.
#[derive(Deserialize)]
struct Measured {
    rows: Vec<Row>,
}

/// One measurement: nanoseconds for each event, while `idle` descriptors
/// more are watched, the ready one being the first of them or the last.
#[derive(Deserialize)]
struct Row {
    with: String,
    mode: Option<String>,
    place: String,
    idle: u32,
    ns: f64,
}

/// A table for each place of the ready descriptor.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let measured = Measured::deserialize(demo)?;
        ensure!(!measured.rows.is_empty(), "nothing was measured");
        let mut places = Vec::new();
        for row in &measured.rows {
            if !places.contains(&&row.place) {
                places.push(&row.place);
            }
        }
        for place in places {
            let rows = measured.rows.iter().filter(|row| row.place == *place);
            tables += &table(&rows.collect::<Vec<_>>(), place);
        }
    }
    Ok(tables)
}

/// Mechanisms are columns, in the order in which they were measured.
fn table(rows: &[&Row], place: &str) -> String {
    let mut names = Vec::new();
    let mut counts = BTreeSet::new();
    let mut cells = BTreeMap::new();
    for row in rows {
        let name = row.name();
        counts.insert(row.idle);
        cells.insert((row.idle, name.clone()), row.ns);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let heads: String =
        names.iter().map(|name| format!("<th>{name}</th>")).collect();
    let mut body = String::new();
    for idle in counts {
        body += &format!("<tr><td>{}</td>", grouped(idle));
        for name in &names {
            let told = cells
                .get(&(idle, name.clone()))
                .map_or_else(|| "–".to_owned(), |&ns| time(ns));
            body += &format!("<td>{told}</td>");
        }
        body += "</tr>";
    }
    format!(
        "<table><caption><strong>The time for one event</strong>, the ready \
         descriptor the {} of all that are watched</caption><thead>\
         <tr><th>idle descriptors</th>{heads}</tr></thead>\
         <tbody>{body}</tbody></table>",
        html::escape(place)
    )
}

impl Row {
    /// The mechanism and its mode, as HTML.
    fn name(&self) -> String {
        let words = [Some(self.with.as_str()), self.mode.as_deref()];
        html::escape(&words.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// Nanoseconds in the unit that suits them, three digits of them.
fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns => (ns / 1e6, "ms"),
    };
    let digits = match value {
        v if unit == "ns" || v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}\u{a0}{unit}")
}

/// A number, its digits in groups of three.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(with: &str, place: &str, idle: u32, ns: f64) -> Value {
        json!({ "with": with, "place": place, "idle": idle, "ns": ns })
    }

    #[test]
    fn a_row_has_what_every_mechanism_took() {
        let mut edge = row("epoll", "last", 10_000, 812.0);
        edge["mode"] = json!("edge");
        let rows = json!([
            row("poll", "last", 10, 1234.0),
            row("poll", "last", 10_000, 254_321.0),
            edge,
        ]);

        let table = stand_in(&[json!({ "rows": rows })]).unwrap();

        let heads = "<th>poll</th><th>epoll edge</th></tr>";
        assert!(table.contains(heads), "{table}");
        let ten = "<td>10</td><td>1.23\u{a0}µs</td><td>–</td>";
        assert!(table.contains(ten), "{table}");
        let many = "<td>10,000</td><td>254\u{a0}µs</td><td>812\u{a0}ns</td>";
        assert!(table.contains(many), "{table}");
    }

    #[test]
    fn each_place_has_a_table_of_its_own() {
        let rows =
            [row("poll", "first", 10, 1.0), row("poll", "last", 10, 2.0)];

        let tables = stand_in(&[json!({ "rows": rows })]).unwrap();

        assert_eq!(tables.matches("<table>").count(), 2, "{tables}");
        assert!(tables.contains("the first of all"), "{tables}");
    }

    #[test]
    fn times_have_three_digits() {
        let told = [7.4, 999.4, 1000.0, 45_670.0, 1_500_000.0].map(time);

        let due = ["7 ns", "999 ns", "1.00 µs", "45.7 µs", "1.50 ms"];
        assert_eq!(told.map(|t| t.replace('\u{a0}', " ")), due);
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "rows": [] })]).is_err());
    }
}
