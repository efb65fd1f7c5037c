//! The widgets: by mouse, by keyboard, without JavaScript, on paper. One
//! file for each.

pub mod descriptor_tables;
pub mod frame_explorer;
pub mod ftp_connections;
pub mod http_corpus;
pub mod http_dissector;
pub mod io_timelines;
pub mod level_edge;
pub mod lossy_wire;
pub mod memory_grid;
pub mod option_matrix;
pub mod resolver_path;
pub mod scaling_plot;
pub mod sequence_ladder;
pub mod servers;
mod stepper;
pub mod stream_versus_message;
pub mod tcp_states;
pub mod two_stacks;
pub mod who_hears;

use serde_json::json;

use super::Reader;
use super::chromium::{Page, Result};

/// A window that shows the page whose address contains `part`.
fn open<'a>(reader: &'a Reader, part: &str) -> Result<Page<'a>> {
    let window = reader.window()?;
    window.open(&reader.url(&reader.page_about(part)?))?;
    Ok(window)
}

/// Picks a recorded run by its name, as a mouse does.
fn pick(window: &Page<'_>, widget: &str, run: &str) -> Result {
    window.evaluate(&format!(
        "document.querySelectorAll('{widget} .sp-head label').forEach(
           l => l.id = l.textContent === {} ? 'picked' : '')",
        json!(run)
    ))?;
    window.click("#picked")?;
    window.expect("document.querySelector('#picked input').checked")
}

/// Goes on until the widget asks for what begins so.
fn asked(window: &Page<'_>, widget: &str, question: &str) -> Result {
    let there = format!(
        "document.querySelector('{widget} .sp-say.asked')
           .textContent.startsWith({})",
        json!(question)
    );
    for _ in 0..30 {
        if window.expect(&there).is_ok() {
            return Ok(());
        }
        window.click(&format!("{widget} .sp-on"))?;
    }
    Err(format!("never asked: {question}"))
}

/// Answers the open question by the button with this text.
fn answer(window: &Page<'_>, widget: &str, answer: &str) -> Result {
    window.evaluate(&format!(
        "document.querySelectorAll('{widget} .sp-quiz button').forEach(
           b => b.id = b.textContent === {} ? 'answer' : '')",
        json!(answer)
    ))?;
    window.click("#answer")
}

/// What the widget says now contains `part`, and is good or bad news.
fn says(window: &Page<'_>, widget: &str, mood: &str, part: &str) -> Result {
    window.expect(&format!(
        "(say => say.matches('{mood}') && say.textContent.includes({}))
           (document.querySelector('{widget} .sp-say'))",
        json!(part)
    ))
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
