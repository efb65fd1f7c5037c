//! The widget *stream versus message*: by mouse, by keyboard, without
//! JavaScript, on paper.

use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("stream_versus_message::steps_by_mouse", steps_by_mouse),
    (
        "stream_versus_message::steps_by_keyboard_and_the_page_stays",
        steps_by_keyboard,
    ),
    (
        "stream_versus_message::gives_the_arrow_keys_back_to_the_book",
        arrows_elsewhere,
    ),
    (
        "stream_versus_message::tells_right_messages_from_wrong_ones",
        right_and_wrong,
    ),
    ("stream_versus_message::asks_where_to_cut", asks_where_to_cut),
    (
        "stream_versus_message::is_a_table_without_javascript",
        without_javascript,
    ),
    ("stream_versus_message::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "05-framing";
const WIDGET: &str = "sb-stream-versus-message";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

fn pick(window: &Page<'_>, run: &str) -> Result {
    super::pick(window, WIDGET, run)
}

/// The part of the widget with this class, as JavaScript.
fn part(name: &str) -> String {
    format!("document.querySelector('{WIDGET} :is(.svm-{name}, .sp-{name})')")
}

fn at_step(number: u32) -> String {
    format!("{}.textContent.startsWith('step {number} ')", part("step"))
}

fn steps_by_mouse(reader: &Reader) -> Result {
    let window = open(reader)?;

    pick(&window, "length prefix")?;
    window.expect(&at_step(1))?;
    window.click(&format!("{WIDGET} [aria-label='Step forward']"))?;
    window.expect(&at_step(2))?;
    window.click(&format!("{WIDGET} [aria-label='Step back']"))?;

    window.expect(&at_step(1))
}

fn steps_by_keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let page = window.evaluate("location.href")?;
    let focus = "document.activeElement";
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} input').focus()"
    ))?;

    window.key("ArrowRight")?;
    window.expect(&format!("{focus}.checked && {focus}.value"))?;
    for _ in 0..9 {
        let there = format!("{focus}.type === 'range'");
        if window.expect(&there).is_ok() {
            break;
        }
        window.key("Tab")?;
    }
    window.key("ArrowRight")?;
    window.expect(&at_step(2))?;
    window.key("Tab")?;
    window.key("Enter")?;
    window.expect(&at_step(3))?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.expect(&at_step(1))?;
    window.key("s")?;
    window.key("?")?;

    window.expect(&format!("{focus}.matches('{WIDGET} button')"))?;
    window.expect(&format!("location.href === {page}"))
}

fn arrows_elsewhere(reader: &Reader) -> Result {
    let window = open(reader)?;
    let page = window.evaluate("location.pathname")?;

    window.key("ArrowRight")?;
    window.wait_for_event("Page.loadEventFired")?;

    window.expect(&format!("location.pathname !== {page}"))
}

fn right_and_wrong(reader: &Reader) -> Result {
    let window = open(reader)?;
    let last = format!(
        "(() => {{ const r = document.querySelector('{WIDGET} [type=range]');
           r.value = r.max; r.dispatchEvent(new Event('input')); }})()"
    );

    pick(&window, "glued")?;
    window.evaluate(&last)?;
    window.expect(&format!("{}.textContent.includes('✗')", part("made")))?;
    window.expect(&format!("{}.matches('.no')", part("say")))?;

    pick(&window, "length prefix")?;
    window.evaluate(&last)?;
    window.expect(&format!("!{}.textContent.includes('✗')", part("made")))?;
    window.expect(&format!("{}.matches('.ok')", part("say")))
}

fn asks_where_to_cut(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, "delimiter")?;
    let stream = part("stream");
    window.evaluate(&format!("{}.focus()", part("ask")))?;
    window.key("Enter")?;
    window.expect(&format!("!({GIVEN_AWAY})({stream})"))?;

    window.evaluate(&format!("{stream}.querySelector('input').focus()"))?;
    let bytes = format!("{stream}.querySelectorAll('input').length");
    let bytes = window.evaluate(&bytes)?.as_u64().unwrap_or(0);
    // A newline ends each message: press Space on each.
    let newline = "document.activeElement.parentElement.textContent === '0a'";
    for _ in 0..bytes {
        if window.expect(newline).is_ok() {
            window.key(" ")?;
        }
        window.key("ArrowRight")?;
    }
    window.click(&format!("{WIDGET} .sp-quiz button"))?;

    window.expect(&format!("{}.matches('.ok')", part("say")))?;
    window.expect(&format!("({GIVEN_AWAY})({stream})"))
}

/// Whether the cells of a stream differ in colour, so that one sees where a
/// message ends.
const GIVEN_AWAY: &str = "stream => new Set(
  [...stream.querySelectorAll('.svm-b')].map(cell => {
    const s = getComputedStyle(cell);
    return s.background + s.borderTop + s.borderBottom;
  })).size > 1";

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
