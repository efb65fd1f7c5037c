//! What stands in for the *I/O timelines*: for each model of I/O a table of
//! the calls, and of how long each lasted.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// A recorded run: one model of I/O.
#[derive(Deserialize)]
struct Run {
    label: String,
    title: String,
    lanes: Vec<String>,
    steps: Vec<Step>,
}

/// What somebody did, and until which step it lasted.
#[derive(Deserialize)]
struct Step {
    tick: usize,
    lane: String,
    call: String,
    state: State,
    until: Option<usize>,
    note: String,
}

/// What the widget knows to draw.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Waits,
    Spins,
    Runs,
    InVain,
    Done,
    Ready,
}

/// A table for each run.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let run = Run::deserialize(demo)?;
        let steps = run.steps.iter().enumerate();
        let rows: String = steps
            .map(|(place, step)| row(&run, place + 1, step))
            .collect::<Result<_>>()?;
        tables += &format!(
            "<table><caption><strong>{}</strong>: {}</caption><thead>\
             <tr><th>step</th><th>who</th><th>call</th><th></th>\
             <th>until</th></tr></thead><tbody>{rows}</tbody></table>",
            html::escape(&run.label),
            html::escape(&run.title)
        );
    }
    Ok(tables)
}

fn row(run: &Run, place: usize, step: &Step) -> Result<String> {
    let Step { tick, lane, call, note, .. } = step;
    ensure!(*tick == place, "step {place} has the tick {tick}");
    ensure!(run.lanes.contains(lane), "no lane {lane}");
    let lasts = !matches!(step.state, State::InVain | State::Done);
    ensure!(lasts || step.until.is_none(), "step {tick} can't last");
    let until = match step.until {
        Some(until) => {
            let later = (place + 1..=run.steps.len()).contains(&until);
            ensure!(later, "step {tick} lasts until {until}");
            until.to_string()
        }
        None => String::new(),
    };
    Ok(format!(
        "<tr><td>{tick}</td><td>{}</td><td>{}</td><td>{}</td>\
         <td>{until}</td></tr>",
        html::escape(lane),
        html::escape(call),
        html::escape(note)
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(tick: usize, lane: &str, state: &str) -> Value {
        json!({ "tick": tick, "lane": lane, "call": "recv <b>",
                "state": state, "note": "a & b", "why": "" })
    }

    fn told(steps: Value) -> Result<String> {
        stand_in(&[json!({ "demo": "d", "label": "M < N", "title": "T & U",
                           "lanes": ["program", "peer b"],
                           "steps": steps })])
    }

    fn refused(steps: Value) -> String {
        told(steps).unwrap_err().to_string()
    }

    #[test]
    fn a_row_says_who_did_what_and_how_long() {
        let mut waits = step(1, "program", "waits");
        waits["until"] = json!(2);

        let table = told(json!([waits, step(2, "program", "done")])).unwrap();

        let caption = "<strong>M &lt; N</strong>: T &amp; U</caption>";
        assert!(table.contains(caption), "{table}");
        let row = "<tr><td>1</td><td>program</td><td>recv &lt;b&gt;</td>\
                   <td>a &amp; b</td><td>2</td></tr>";
        assert!(table.contains(row), "{table}");
    }

    #[test]
    fn a_step_that_the_widget_cannot_draw_is_refused() {
        assert_eq!(
            refused(json!([step(1, "peer z", "done")])),
            "no lane peer z"
        );
        let gap = json!([step(2, "program", "done")]);
        assert_eq!(refused(gap), "step 1 has the tick 2");
        let mut late = step(1, "program", "waits");
        late["until"] = json!(9);
        assert_eq!(refused(json!([late])), "step 1 lasts until 9");
        let mut done = step(1, "program", "done");
        done["until"] = json!(2);
        assert_eq!(refused(json!([done])), "step 1 can't last");
        assert!(told(json!([step(1, "program", "dreams")])).is_err());
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
    }
}
