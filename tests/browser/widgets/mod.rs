//! The widgets: by mouse, by keyboard, without JavaScript, on paper. One
//! file for each.

pub mod frame_explorer;
pub mod sequence_ladder;
mod stepper;
pub mod stream_versus_message;
pub mod tcp_states;

use serde_json::json;

use super::Reader;
use super::chromium::{Page, Result};

/// A window that shows the page whose address contains `part`.
fn open<'a>(reader: &'a Reader, part: &str) -> Result<Page<'a>> {
    let window = reader.window()?;
    window.open(&reader.url(&reader.page_about(part)?))?;
    Ok(window)
}

/// Without JavaScript the widget is a table.
fn without_javascript(reader: &Reader, part: &str, widget: &str) -> Result {
    let window = reader.window()?;
    let off = json!({ "value": true });
    window.call("Emulation.setScriptExecutionDisabled", off)?;
    window.open(&reader.url(&reader.page_about(part)?))?;

    shows_only_the_table(&window, widget)
}

/// On paper the widget is a table, too.
fn on_paper(reader: &Reader, part: &str, widget: &str) -> Result {
    let window = open(reader, part)?;
    window.call("Emulation.setEmulatedMedia", json!({ "media": "print" }))?;

    shows_only_the_table(&window, widget)
}

fn shows_only_the_table(window: &Page<'_>, widget: &str) -> Result {
    window.expect(&format!(
        "document.querySelector('{widget} .sb-static table').offsetHeight > 0"
    ))?;
    window.expect(&format!(
        "[...document.querySelectorAll('{widget} > div:not(.sb-static)')]
           .every(panel => !panel.offsetHeight)"
    ))
}
