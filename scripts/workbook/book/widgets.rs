//! `{{#widget NAME LESSON DEMO…}}`: a custom element with the data that the
//! demos recorded, and a static rendering of the same data for readers
//! without scripts, for print and for screen readers.
//!
//! The element `<sb-NAME>` is defined in book/theme/NAME.js. It finds its
//! data, an array with one object for each demo, in its first `script`.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Shelf, html, transcript};

/// Renders a widget's data as HTML without a script.
type Fallback = fn(&[Value]) -> Result<String>;

/// Every widget, and what stands in for it.
const WIDGETS: &[(&str, Fallback)] =
    &[("stream-versus-message", stream_versus_message)];

/// The element for a widget, with its data and its stand-in.
pub fn widget(
    shelf: &Shelf,
    name: &str,
    package: &str,
    demos: &[&str],
) -> Result<String> {
    let Some((_, fallback)) = WIDGETS.iter().find(|(n, _)| *n == name) else {
        let names: Vec<_> = WIDGETS.iter().map(|(name, _)| *name).collect();
        bail!("no widget `{name}`; there are: {}", names.join(", "));
    };
    let data = demos
        .iter()
        .map(|demo| recorded(shelf, package, demo))
        .collect::<Result<Vec<_>>>()?;
    let stand_in = fallback(&data)
        .with_context(|| format!("data of {}", demos.join(", ")))?
        .replace('\n', "&#10;");
    // `</` would end the script element early.
    let json = serde_json::to_string(&data)?.replace("</", "<\\/");
    Ok(format!(
        "<div class=\"sb-widget\"><sb-{name}>\
         <script type=\"application/json\">{json}</script>\
         <div class=\"sb-static\">{stand_in}</div></sb-{name}></div>"
    ))
}

/// What a demo recorded with `--json`.
fn recorded(shelf: &Shelf, package: &str, demo: &str) -> Result<Value> {
    let text = transcript::snapshot(shelf, package, &format!("{demo}.json"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("the snapshot {demo}.json.snap is not JSON"))
}

/// A table for each demo: who called what, and which messages came out.
fn stream_versus_message(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let title = demo["title"].as_str().context("no `title`")?;
        let mut rows = String::new();
        for step in demo["steps"].as_array().into_iter().flatten() {
            let who = step["who"].as_str().context("a step without `who`")?;
            let call = step["call"].as_str().unwrap_or_default();
            let bytes = step["bytes"].as_str().unwrap_or_default();
            rows += &format!(
                "<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
                html::escape(who),
                html::escape(call),
                html::escape(bytes)
            );
        }
        tables += &format!(
            "<table><caption>{}</caption><thead><tr><th>who</th><th>call</th>\
             <th>bytes</th></tr></thead><tbody>{rows}</tbody></table>",
            html::escape(title)
        );
    }
    Ok(tables)
}
