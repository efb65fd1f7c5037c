//! `{{#widget NAME LESSON DEMO…}}`: a custom element with the data that the
//! demos recorded, and a static rendering of the same data for readers
//! without scripts, for print and for screen readers.
//!
//! The element `<sb-NAME>` is defined in book/theme/NAME.js. It finds its
//! data, an array with one object for each run, in its first `script`. Its
//! stand-in is made in a file of this folder.

mod conversation;
mod descriptor_tables;
mod frame_explorer;
mod ftp_connections;
mod http_dissector;
mod io_timelines;
mod level_edge;
mod lossy_wire;
mod memory_grid;
mod option_matrix;
mod resolver_path;
mod scaling_plot;
mod sequence_ladder;
mod servers;
mod stream_versus_message;
mod tcp_states;
mod two_stacks;
mod who_hears;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Shelf, transcript};

/// Renders a widget's data as HTML without a script.
type Fallback = fn(&[Value]) -> Result<String>;

/// Every widget, and what stands in for it.
const WIDGETS: &[(&str, Fallback)] = &[
    ("descriptor-tables", descriptor_tables::stand_in),
    ("frame-explorer", frame_explorer::stand_in),
    ("ftp-connections", ftp_connections::stand_in),
    ("http-dissector", http_dissector::stand_in),
    ("io-timelines", io_timelines::stand_in),
    ("level-edge", level_edge::stand_in),
    ("lossy-wire", lossy_wire::stand_in),
    ("memory-grid", memory_grid::stand_in),
    ("option-matrix", option_matrix::stand_in),
    ("resolver-path", resolver_path::stand_in),
    ("scaling-plot", scaling_plot::stand_in),
    ("sequence-ladder", sequence_ladder::stand_in),
    ("servers", servers::stand_in),
    ("stream-versus-message", stream_versus_message::stand_in),
    ("tcp-states", tcp_states::stand_in),
    ("two-stacks", two_stacks::stand_in),
    ("who-hears", who_hears::stand_in),
];

/// What all widgets are called.
pub fn names() -> Vec<&'static str> {
    WIDGETS.iter().map(|(name, _)| *name).collect()
}

/// The element for a widget, with its data and its stand-in.
pub fn widget(
    shelf: &Shelf,
    name: &str,
    package: &str,
    demos: &[&str],
) -> Result<String> {
    let Some((_, fallback)) = WIDGETS.iter().find(|(n, _)| *n == name) else {
        bail!("no widget `{name}`; there are: {}", names().join(", "));
    };
    let data = demos
        .iter()
        .map(|demo| recorded(shelf, package, demo))
        .collect::<Result<Vec<_>>>()?
        .concat();
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

/// What a demo recorded with `--json`: one run, or an array of several.
fn recorded(shelf: &Shelf, package: &str, demo: &str) -> Result<Vec<Value>> {
    let text = transcript::snapshot(shelf, package, &format!("{demo}.json"))?;
    let data = serde_json::from_str(&text).with_context(|| {
        format!("the snapshot {demo}.json.snap is not JSON")
    })?;
    Ok(match data {
        Value::Array(runs) => runs,
        run => vec![run],
    })
}
