//! The widget *sequence ladder*: what each host knows of the bytes, and the
//! question what will be acknowledged.

use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

use super::pick;
use super::stepper::{self, at_step, forward, go_to, part};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("sequence_ladder::steps_by_mouse", by_mouse),
    ("sequence_ladder::steps_by_keyboard_and_the_page_stays", by_keyboard),
    (
        "sequence_ladder::gives_the_arrow_keys_back_to_the_book",
        arrows_elsewhere,
    ),
    ("sequence_ladder::knows_what_is_acknowledged", acknowledged),
    ("sequence_ladder::a_lost_segment_breaks_off", breaks_off),
    ("sequence_ladder::counts_duplicate_acks_beside_a_hole", duplicates),
    ("sequence_ladder::asks_for_the_acknowledgement", asks),
    ("sequence_ladder::fits_a_phone_at_every_step", fits_a_phone),
    ("sequence_ladder::is_a_table_without_javascript", without_javascript),
    ("sequence_ladder::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "04-tcp";
const WIDGET: &str = "sb-sequence-ladder";

fn by_mouse(reader: &Reader) -> Result {
    stepper::by_mouse(reader, PAGE, WIDGET)
}

fn by_keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn arrows_elsewhere(reader: &Reader) -> Result {
    stepper::arrows_elsewhere(reader, PAGE, WIDGET)
}

/// A window that shows the run in which segments are lost.
fn open(reader: &Reader) -> Result<Page<'_>> {
    let window = super::open(reader, PAGE)?;
    pick(&window, WIDGET, "loss")?;
    Ok(window)
}

/// A number that JavaScript makes of the steps of that run.
fn number(window: &Page<'_>, of_steps: &str) -> Result<u64> {
    let run = stepper::run(WIDGET, "loss");
    window
        .evaluate(&format!("(steps => {of_steps})({run}.steps)"))?
        .as_u64()
        .ok_or(format!("not a number: {of_steps}"))
}

/// The first step with SACK: from then on there is a hole.
const FIRST_SACK: &str = "steps.findIndex(s => s.sack?.length) + 1";

/// The value of a fact about the bytes from alice to bob, as JavaScript.
fn fact(name: &str) -> String {
    format!(
        "[...document.querySelectorAll('{WIDGET} .sl-facts span')]
           .find(s => s.textContent.startsWith('{name} '))
           .querySelector('b').textContent"
    )
}

fn acknowledged(reader: &Reader) -> Result {
    let window = open(reader)?;
    for step in 1..=number(&window, "steps.length")? {
        go_to(&window, WIDGET, step)?;
        let seen = format!("steps.slice(0, {step})");
        let acked = number(
            &window,
            &format!(
                "Math.max(1, ...{seen}.filter(s => s.from === 'bob'
                   && s.fate === 'delivered').map(s => s.ack))"
            ),
        )?;
        let next = number(
            &window,
            &format!(
                "Math.max(1, ...{seen}.filter(s => s.from === 'alice')
                   .map(s => s.seq + s.length + s.flags.includes('SYN')))"
            ),
        )?;
        let shown = [("ACKed below", acked), ("next to send", next)];
        for (name, value) in shown {
            window
                .expect(&format!("{} === '{value}'", fact(name)))
                .map_err(|e| format!("step {step}: {e}"))?;
        }
    }
    // At the end bob has acknowledged all that he has, and misses nothing.
    window.expect(&format!(
        "{} === {}",
        fact("ACKed below"),
        fact("expects next")
    ))?;
    window.expect(&format!("{} === 'nothing'", fact("beyond a hole")))
}

fn breaks_off(reader: &Reader) -> Result {
    let window = open(reader)?;
    let lost = number(&window, "steps.filter(s => s.fate === 'lost').length")?;
    let last = number(&window, "steps.length")?;
    go_to(&window, WIDGET, last)?;

    window.expect(&format!(
        "{lost} > 0 && [...document.querySelectorAll('{WIDGET} .sl-arrow')]
           .filter(a => getComputedStyle(a, '::after').content.includes('✗'))
           .length === {lost}"
    ))
}

fn duplicates(reader: &Reader) -> Result {
    let window = open(reader)?;
    let first = number(&window, FIRST_SACK)?;
    let strips = format!("document.querySelectorAll('{WIDGET} .sl-strip')");

    go_to(&window, WIDGET, first)?;
    window.expect(&format!("{} === '● 1'", fact("duplicate ACKs")))?;
    window.expect(&format!("{strips}[0].querySelector('.lost')"))?;
    window.expect(&format!("{strips}[0].querySelector('.beyond')"))?;
    window.expect(&format!("{strips}[2].querySelector('.hole')"))?;
    window.expect(&format!("{strips}[2].querySelector('.beyond')"))?;
    window.expect(&format!("{strips}[2].ariaLabel.includes('missing ')"))?;

    go_to(&window, WIDGET, first + 3)?;
    window.expect(&format!("{strips}[0].querySelector('.again')"))?;
    go_to(&window, WIDGET, first + 4)?;
    window.expect(&format!("{} === '0'", fact("duplicate ACKs")))
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    let say = part(WIDGET, "sp-say");
    window.click(&format!("{WIDGET} .sp-ask"))?;
    let step = number(&window, FIRST_SACK)?;
    let ack = number(&window, &format!("steps[{step} - 1].ack"))?;
    go_to(&window, WIDGET, step - 1)?;

    forward(&window, WIDGET)?;
    window.expect(&format!(
        "[...document.querySelectorAll('{WIDGET} .now .sl-secret')].every(
           e => getComputedStyle(e).visibility === 'hidden')"
    ))?;
    window.expect("document.activeElement.matches('.sl-answer')")?;
    answer(&window, ack - 1)?;
    window.expect(&format!("{say}.matches('.no')"))?;
    window.expect(&format!("{say}.textContent.includes('expected next')"))?;
    window.expect(&format!("{say}.textContent.includes('{ack}')"))?;

    go_to(&window, WIDGET, step - 1)?;
    forward(&window, WIDGET)?;
    answer(&window, ack)?;
    window.expect(&format!("{say}.matches('.ok')"))?;
    window.expect(&format!("{say}.textContent.includes('SACK')"))?;
    window.key("ArrowRight")?;
    window.expect(&at_step(WIDGET, step))
}

/// Types a number where the focus is, and ends it with Enter.
fn answer(window: &Page<'_>, number: u64) -> Result {
    for digit in number.to_string().chars() {
        window.key(&digit.to_string())?;
    }
    window.key("Enter")
}

fn fits_a_phone(reader: &Reader) -> Result {
    stepper::fits_a_phone(reader, PAGE, WIDGET)
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
