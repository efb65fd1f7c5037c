//! *Datagrams on a lossy wire*: by mouse, by keyboard, without JavaScript,
//! on paper.

use super::{answer, asked, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("lossy_wire::shows_what_arrived_and_what_was_taken", arrivals),
    ("lossy_wire::tells_gaps_doubles_and_order", verdicts),
    ("lossy_wire::steps_by_keyboard_and_the_page_stays", keyboard),
    ("lossy_wire::asks_what_recvfrom_returns", asks),
    ("lossy_wire::is_a_table_without_javascript", without_javascript),
    ("lossy_wire::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "06-udp";
const WIDGET: &str = "sb-lossy-wire";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Moves the slider to this step.
fn at(window: &Page<'_>, step: u32) -> Result {
    window
        .evaluate(&format!(
            "(range => {{ range.value = {step}; range.oninput(); }})
               (document.querySelector('{WIDGET} .sp-range'))"
        ))
        .map(drop)
}

fn shows(window: &Page<'_>, part: &str, text: &str) -> Result {
    window.expect(&format!(
        "document.querySelector('{WIDGET} .lw-{part}').textContent
           .includes('{text}')"
    ))
}

fn arrivals(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "reorder")?;
    at(&window, 2)?;
    shows(&window, "map", "held up")?;
    shows(&window, "buffer", "1")?;

    window.click(&format!("{WIDGET} [aria-label='Step forward']"))?;
    shows(&window, "buffer", "132")?;
    at(&window, 6)?;
    shows(&window, "buffer", "3245")?;
    at(&window, 10)?;
    shows(&window, "buffer", "nothing")
}

fn verdicts(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (run, kinds, sum) in [
        ("loss", "next next gap next", "4 received · 1 gap · 0 out"),
        ("reorder", "next gap late next next", "1 gap · 1 out of order"),
        ("duplicate", "next next next next again next", "· 1 twice"),
    ] {
        super::pick(&window, WIDGET, run)?;
        at(&window, 99)?;
        window.expect(&format!(
            "[...document.querySelectorAll('{WIDGET} .lw-log i')]
               .map(i => i.className).join(' ') === '{kinds}'"
        ))?;
        shows(&window, "sum", sum)?;
    }
    Ok(())
}

fn keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "loss")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    at(&window, 7)?;
    window.click(&format!("{WIDGET} .sp-on"))?;
    asked(&window, WIDGET, "What does bob’s next recvfrom return?")?;
    shows(&window, "buffer", "?")?;

    answer(&window, WIDGET, "an error")?;
    says(&window, WIDGET, ".no", "No error: \"4\", though \"3\"")?;
    shows(&window, "buffer", "5")?;
    window.click(&format!("{WIDGET} .sp-on"))?;
    answer(&window, WIDGET, "\"5\"")?;
    says(&window, WIDGET, ".ok", "Right: \"5\"")
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
