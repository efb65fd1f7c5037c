//! What stands in for *datagrams on a lossy wire*: a table of the datagrams,
//! what became of each, and what the receiver got.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// A recorded run: datagrams in the order in which they were sent.
#[derive(Deserialize)]
struct Run {
    title: String,
    hosts: [Host; 2],
    datagrams: Vec<Datagram>,
    received: Vec<String>,
}

/// One end.
#[derive(Deserialize)]
struct Host {
    name: String,
}

/// One datagram; `arrived` are its places among those that arrived.
#[derive(Deserialize)]
struct Datagram {
    from: String,
    payload: String,
    fate: String,
    arrived: Vec<usize>,
    #[serde(default)]
    why: String,
}

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let run = Run::deserialize(demo)?;
        let places: Vec<_> =
            run.datagrams.iter().flat_map(|d| &d.arrived).collect();
        let known = 1..=run.received.len();
        ensure!(
            known.clone().count() == places.len()
                && known.clone().all(|place| places.contains(&&place)),
            "{}: some datagram was received that none of them is",
            run.title
        );
        let rows: String = run.datagrams.iter().map(row).collect();
        let received: Vec<_> =
            run.received.iter().map(|payload| quoted(payload)).collect();
        tables += &format!(
            "<table><caption><strong>{}</strong> ({}’s recvfrom returned \
             {})</caption><thead><tr><th>datagram</th><th>the wire</th>\
             <th>arrived as</th><th>why</th></tr></thead>\
             <tbody>{rows}</tbody></table>",
            html::escape(&run.title),
            html::escape(&run.hosts[1].name),
            received.join(", "),
        );
    }
    Ok(tables)
}

fn row(datagram: &Datagram) -> String {
    let mark = if datagram.arrived.is_empty() { "✗ " } else { "" };
    let places: Vec<_> =
        datagram.arrived.iter().map(|place| format!("no. {place}")).collect();
    format!(
        "<tr><td>{} {}</td><td>{mark}{}</td><td>{}</td><td>{}</td></tr>",
        html::escape(&datagram.from),
        quoted(&datagram.payload),
        html::escape(&datagram.fate),
        places.join(" and "),
        html::escape(&datagram.why)
    )
}

fn quoted(payload: &str) -> String {
    format!("<code>\"{}\"</code>", html::escape(payload))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(datagrams: Value, received: Value) -> Value {
        json!({ "title": "T < U", "datagrams": datagrams,
                "hosts": [{ "name": "alice" }, { "name": "bob" }],
                "received": received })
    }

    #[test]
    fn a_row_has_the_fate_and_the_places() {
        let table = stand_in(&[run(
            json!([
                { "from": "alice", "payload": "1", "fate": "lost",
                  "arrived": [], "why": "it is gone" },
                { "from": "alice", "payload": "2", "fate": "duplicated",
                  "arrived": [1, 2] },
            ]),
            json!(["2", "2"]),
        )])
        .unwrap();

        let lost = "<td>alice <code>\"1\"</code></td><td>✗ lost</td>\
                    <td></td><td>it is gone</td>";
        assert!(table.contains(lost), "{table}");
        assert!(table.contains("<td>no. 1 and no. 2</td>"), "{table}");
        let got = "bob’s recvfrom returned <code>\"2\"</code>, \
                   <code>\"2\"</code>";
        assert!(table.contains(got), "{table}");
    }

    #[test]
    fn what_nobody_sent_is_refused() {
        let told =
            stand_in(&[run(json!([]), json!(["1"]))]).unwrap_err().to_string();

        assert!(told.starts_with("T < U: "), "{told}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
    }
}
