//! What stands in for the *resolver path*: a table of whom a call asked for
//! a name, and what each said.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded: several calls.
#[derive(Deserialize)]
struct Recorded {
    title: String,
    runs: Vec<Run>,
}

/// One call for a name, whom it asked, and what it returned.
#[derive(Deserialize)]
struct Run {
    call: String,
    name: String,
    steps: Vec<Step>,
    result: Vec<String>,
    #[serde(default)]
    error: String,
}

/// A source of names; `what` is the file or the server.
#[derive(Deserialize)]
struct Step {
    source: String,
    what: String,
    asked: String,
    #[serde(default)]
    answers: Vec<String>,
    outcome: String,
    #[serde(default)]
    why: String,
}

/// A table for each call.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        for run in &recorded.runs {
            tables += &table(&recorded.title, run);
        }
    }
    Ok(tables)
}

fn table(title: &str, run: &Run) -> String {
    let rows: String = run.steps.iter().map(row).collect();
    let result = match run.result.join(", ") {
        none if none.is_empty() => format!("an error, {}", run.error),
        addresses => addresses,
    };
    format!(
        "<table><caption><strong>{}</strong>: {}(\"{}\") returned {}\
         </caption><thead><tr><th>source</th><th>asked for</th>\
         <th>it said</th><th>why</th></tr></thead>\
         <tbody>{rows}</tbody></table>",
        html::escape(title),
        html::escape(&run.call),
        html::escape(&run.name),
        html::escape(&result)
    )
}

fn row(step: &Step) -> String {
    let mark = match step.outcome.as_str() {
        "found" => "✓ ",
        "not asked" => "",
        _ => "✗ ",
    };
    let said = [step.outcome.clone(), step.answers.join(", ")];
    let said: Vec<_> = said.into_iter().filter(|s| !s.is_empty()).collect();
    format!(
        "<tr><td>{} {}</td><td>{}</td><td>{mark}{}</td><td>{}</td></tr>",
        html::escape(&step.source),
        html::escape(&step.what),
        html::escape(&step.asked),
        html::escape(&said.join(": ")),
        html::escape(&step.why)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_has_the_source_and_what_it_said() {
        let table = stand_in(&[json!({ "title": "T < U", "runs": [
            { "call": "getaddrinfo", "name": "bob", "result": ["10.0.0.2"],
              "steps": [
                { "source": "files", "what": "/etc/hosts", "asked": "bob",
                  "answers": ["10.0.0.2"], "outcome": "found",
                  "why": "a line names it" },
                { "source": "dns", "what": "10.0.0.53", "asked": "",
                  "outcome": "not asked" },
              ] },
            { "call": "getaddrinfo", "name": "nobody", "result": [],
              "error": "Name unknown", "steps": [] },
        ]})])
        .unwrap();

        assert!(table.contains("T &lt; U"), "{table}");
        let call = "getaddrinfo(\"bob\") returned 10.0.0.2</caption>";
        assert!(table.contains(call), "{table}");
        let found = "<td>files /etc/hosts</td><td>bob</td>\
                     <td>✓ found: 10.0.0.2</td><td>a line names it</td>";
        assert!(table.contains(found), "{table}");
        assert!(table.contains("<td>not asked</td>"), "{table}");
        let error = "(\"nobody\") returned an error, Name unknown</caption>";
        assert!(table.contains(error), "{table}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
    }
}
