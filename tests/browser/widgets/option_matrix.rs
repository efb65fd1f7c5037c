//! The *option matrix*: by mouse, by keyboard, without JavaScript, on paper.

use super::{answer, says};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader, WIDTHS};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("option_matrix::hides_each_cell_until_it_is_guessed", hides),
    ("option_matrix::tells_right_guesses_from_wrong_ones", guesses),
    ("option_matrix::shows_what_was_measured", measured),
    ("option_matrix::is_filled_by_keyboard_and_the_page_stays", keyboard),
    ("option_matrix::fits_a_phone", fits_a_phone),
    ("option_matrix::is_a_table_without_javascript", without_javascript),
    ("option_matrix::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "08-socket-options";
const WIDGET: &str = "sb-option-matrix";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Picks the cell in this row and column, each from 0 on.
fn cell(window: &Page<'_>, row: u32, column: u32) -> Result {
    window.click(&format!("{WIDGET} [data-at='{}']", 4 * row + column))
}

/// The cells that are known, or say what `what` says.
fn count(window: &Page<'_>, what: &str, cells: u32) -> Result {
    window.expect(&format!(
        "document.querySelectorAll('{WIDGET} td {what}').length === {cells}"
    ))
}

fn scores(window: &Page<'_>, score: &str) -> Result {
    window.expect(&format!(
        "document.querySelector('{WIDGET} .om-score').textContent
           .startsWith('{score}')"
    ))
}

fn hides(reader: &Reader) -> Result {
    let window = open(reader)?;
    count(&window, "button", 16)?;
    count(&window, ":is(.ok, .no)", 0)?;

    cell(&window, 2, 2)?;
    says(&window, WIDGET, ".asked", "the second with SO_REUSEPORT.")?;
    count(&window, ":is(.ok, .no)", 0)
}

fn guesses(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "listening")?;
    cell(&window, 2, 2)?;
    answer(&window, WIDGET, "OK")?;
    says(&window, WIDGET, ".ok", "Right: OK. Both set SO_REUSEPORT")?;
    scores(&window, "1 of 1 right here")?;

    cell(&window, 1, 1)?;
    answer(&window, WIDGET, "OK")?;
    says(&window, WIDGET, ".no", "No: EADDRINUSE from bind. The first lis")?;
    scores(&window, "1 of 2 right here · 1 of 2 right in all · 14 to go")?;
    count(&window, ".missed", 1)?;

    // Each run of the table is another one; a guess stays.
    super::pick(&window, WIDGET, "TIME-WAIT")?;
    scores(&window, "no guess here · 1 of 2 right in all")?;
    super::pick(&window, WIDGET, "listening")?;
    count(&window, ":is(.ok, .no)", 2)
}

/// Shown, every cell says what the data say, and may be guessed anew.
fn measured(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (run, state) in [
        ("only bound", "bound"),
        ("listening", "listening"),
        ("TIME-WAIT", "time-wait"),
    ] {
        super::pick(&window, WIDGET, run)?;
        window.click(&format!("{WIDGET} .sp-ask"))?;
        window.expect(&format!(
            "(root => JSON.parse(root.querySelector('script').text)[0].cells
               .filter(c => c.state === '{state}').every(c => {{
                 const row = c.first.addr + 2 * c.first.port;
                 const at = 4 * row + c.second.addr + 2 * c.second.port;
                 const cell = root.querySelector(`[data-at='${{at}}'] span`);
                 return cell.textContent === c.outcome;
               }}))(document.querySelector('{WIDGET}'))"
        ))?;
        scores(&window, "no guess yet")?;
    }

    window.click(&format!("{WIDGET} .sp-ask"))?;
    count(&window, ":is(.ok, .no)", 0)
}

fn keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let page = window.evaluate("location.href")?;
    let focus =
        |at: u32| format!("document.activeElement.dataset.at === '{at}'");
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} [data-at=\"0\"]').focus()"
    ))?;

    for (key, at) in [
        ("ArrowLeft", 0),
        ("ArrowUp", 0),
        ("ArrowRight", 1),
        ("ArrowDown", 5),
        ("ArrowDown", 9),
    ] {
        window.key(key)?;
        window.expect(&focus(at)).map_err(|e| format!("{key}: {e}"))?;
    }
    window.key("e")?;
    window.expect("document.activeElement.matches('.ok, .no')")?;
    count(&window, ":is(.ok, .no)", 1)?;
    window.key("ArrowRight")?;
    window.key("o")?;
    count(&window, ":is(.ok, .no)", 2)?;
    window.key("s")?;
    window.key("?")?;

    window.expect(&focus(10))?;
    window.expect(&format!("location.href === {page}"))
}

fn fits_a_phone(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.width(WIDTHS[1])?;
    window.open(&reader.url(&reader.page_about(PAGE)?))?;
    window.click(&format!("{WIDGET} .sp-ask"))?;

    window.expect(&format!(
        "(root => {{
           const {{ left, right }} = root.getBoundingClientRect();
           return [...root.querySelectorAll('td, td *, th')].every(e =>
             e.scrollWidth <= e.clientWidth + 1
               || getComputedStyle(e).display === 'inline')
             && [...root.querySelectorAll('*')]
               .map(e => e.getBoundingClientRect())
               .every(box => !box.width
                 || box.right <= right + 1 && box.left >= left - 1);
         }})(document.querySelector('{WIDGET} .sp'))"
    ))
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
