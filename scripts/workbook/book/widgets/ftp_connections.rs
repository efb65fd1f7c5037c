//! What stands in for the *FTP connections*: a table of what each end does,
//! over which connection, and of both ends' sockets after it.

use std::collections::BTreeMap;
use std::iter::once;

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// Those between which the connections are.
const HOSTS: [&str; 2] = ["client", "server"];

/// One run, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Recorded {
    Runs { runs: Vec<Run> },
    Run(Run),
}

/// A session: one control connection, and its data connections.
#[derive(Deserialize)]
struct Run {
    title: String,
    steps: Vec<Step>,
}

/// What an end did, and the sockets of both after it.
#[derive(Deserialize)]
struct Step {
    who: String,
    connection: String,
    call: String,
    bytes: String,
    why: String,
    sockets: BTreeMap<String, Vec<Socket>>,
}

/// A socket, as the kernel tells of it.
#[derive(Clone, Deserialize, PartialEq)]
struct Socket {
    name: String,
    local: String,
    state: String,
}

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let runs = match Recorded::deserialize(demo)? {
            Recorded::Runs { runs } => runs,
            Recorded::Run(run) => vec![run],
        };
        ensure!(!runs.is_empty(), "no runs");
        for run in &runs {
            let before = once(None).chain(run.steps.iter().map(Some));
            let rows = before.zip(&run.steps);
            let rows: Result<String> =
                rows.map(|(before, step)| row(before, step)).collect();
            tables += &format!(
                "<table><caption><strong>{}</strong></caption><thead>\
                 <tr><th>who</th><th>connection</th><th>call</th>\
                 <th>sockets that change</th><th>note</th></tr></thead>\
                 <tbody>{}</tbody></table>",
                html::escape(&run.title),
                rows?,
            );
        }
    }
    Ok(tables)
}

/// A step, and the sockets that it changes.
fn row(before: Option<&Step>, step: &Step) -> Result<String> {
    let Step { who, connection, call, bytes, why, .. } = step;
    ensure!(HOSTS.contains(&who.as_str()), "neither client nor server: {who}");
    ensure!(
        ["control", "data"].contains(&connection.as_str()),
        "neither control nor data: {connection}"
    );
    let changes = HOSTS.map(|host| changes(host, before, step)).concat();
    Ok(format!(
        "<tr><td>{who}</td><td>{connection}</td><td>{}</td><td>{}</td>\
         <td>{}</td></tr>",
        html::escape(format!("{call} {}", bytes.escape_default()).trim_end()),
        changes.join("<br>"),
        html::escape(why),
    ))
}

/// What becomes of an end's sockets, none of the lines torn apart.
fn changes(host: &str, before: Option<&Step>, now: &Step) -> Vec<String> {
    let of = |step: &Step| step.sockets.get(host).cloned().unwrap_or_default();
    let (was, is) = (before.map(of).unwrap_or_default(), of(now));
    let line = |Socket { name, local, state }: &Socket| {
        let text = format!("{host}: {name} {local} {state}");
        html::escape(&text).replace(' ', "\u{a0}")
    };
    let same = |a: &Socket, b: &Socket| a.name == b.name && a.local == b.local;
    let gone = was.iter().filter(|a| !is.iter().any(|b| same(a, b)));
    let gone =
        gone.map(|a| Socket { state: "is gone".to_owned(), ..a.clone() });
    let new = is.iter().filter(|b| !was.contains(b)).cloned();
    new.chain(gone).map(|socket| line(&socket)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(who: &str, connection: &str) -> Value {
        json!({ "title": "T < U", "steps": [{
            "who": who, "connection": connection, "call": "send",
            "bytes": "LIST\r\n", "why": "a & b", "sockets": {
                "client": [{ "name": "control", "local": "[::1]:40000",
                             "peer": "[::1]:2121", "state": "ESTABLISHED" }],
                "server": [
                    { "name": "control listener", "local": "[::1]:2121",
                      "peer": "", "state": "LISTEN" },
                    { "name": "control", "local": "[::1]:2121",
                      "peer": "[::1]:40000", "state": "ESTABLISHED" }],
            } }] })
    }

    #[test]
    fn a_row_has_the_sockets_of_both_ends() {
        let run = recorded("client", "control");
        let cells = "<td>client</td><td>control</td>\
             <td>send LIST\\r\\n</td>\
             <td>client:\u{a0}control\u{a0}[::1]:40000\u{a0}ESTABLISHED<br>\
             server:\u{a0}control\u{a0}listener\u{a0}[::1]:2121\u{a0}LISTEN\
             <br>server:\u{a0}control\u{a0}[::1]:2121\u{a0}ESTABLISHED</td>\
             <td>a &amp; b</td>";
        for data in [run.clone(), json!({ "runs": [run] })] {
            let table = stand_in(&[data]).unwrap();

            assert!(table.contains("<strong>T &lt; U</strong>"), "{table}");
            assert!(table.contains(cells), "{table}");
        }
    }

    #[test]
    fn sockets_that_stay_are_told_once() {
        let mut run = recorded("client", "control");
        let step = run["steps"][0].clone();
        let mut last = step.clone();
        last["sockets"]["client"] = json!([]);
        run["steps"] = json!([step, step, last]);

        let table = stand_in(&[run]).unwrap();

        assert_eq!(table.matches("ESTABLISHED").count(), 2, "{table}");
        assert!(table.contains("</td><td></td><td>a"), "{table}");
        let gone = "<td>client:\u{a0}control\u{a0}[::1]:40000\u{a0}\
                    is\u{a0}gone</td>";
        assert!(table.contains(gone), "{table}");
    }

    #[test]
    fn an_end_or_a_connection_that_ftp_has_not_is_refused() {
        let told = |who, connection| {
            stand_in(&[recorded(who, connection)]).unwrap_err().to_string()
        };

        assert_eq!(told("x", "data"), "neither client nor server: x");
        assert_eq!(told("server", "x"), "neither control nor data: x");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        assert!(stand_in(&[json!({ "runs": [] })]).is_err());
    }
}
