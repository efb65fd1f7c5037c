//! The *level/edge stepper*: by mouse, by keyboard, without JavaScript, on
//! paper.

use super::{answer, asked, pick, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("level_edge::shows_what_was_recorded_at_each_step", recorded),
    ("level_edge::what_either_does_at_a_time_stands_side_by_side", aligned),
    ("level_edge::edge_that_reads_once_stalls_with_bytes_waiting", stalls),
    ("level_edge::edge_that_stops_at_a_short_read_misses_the_end", misses),
    ("level_edge::steps_by_mouse", by_mouse),
    ("level_edge::steps_by_keyboard_and_the_page_stays", by_keyboard),
    ("level_edge::plays_until_the_reader_takes_over", plays),
    ("level_edge::asks_before_each_wait_and_gives_nothing_away", asks),
    ("level_edge::tells_right_answers_from_wrong_ones", answers),
    ("level_edge::fits_a_phone_at_every_step", fits_a_phone),
    ("level_edge::is_a_table_without_javascript", without_javascript),
    ("level_edge::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "11-multiplexing";
const WIDGET: &str = "sb-level-edge";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Goes to the end of the run.
fn finish(window: &Page<'_>) -> Result {
    let range = stepper::part(WIDGET, "sp-range");
    window
        .evaluate(&format!("{range}.value = {range}.max; {range}.oninput()"))?;
    Ok(())
}

/// A lane's state is told by these words.
fn lane(window: &Page<'_>, mode: &str, look: &str, told: &str) -> Result {
    let lane = stepper::part(WIDGET, &format!("le-{mode}"));
    window.expect(&format!("{lane}.dataset.look === '{look}'"))?;
    window.expect(&format!("{lane}.innerText.includes('{told}')"))
}

/// Steps through every run and lets JavaScript look: `shown` has of each mode
/// what the widget shows, `steps` what was recorded of it up to here. What it
/// returns is wrong.
fn at_each_step(reader: &Reader, look: &str) -> Result {
    let wrong = open(reader)?.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const [data] = JSON.parse(root.querySelector('script').text);
           data.scenarios.forEach((scenario, i) => {{
             root.querySelectorAll('[type=radio]')[i].click();
             for (let k = 1; k <= +range.max; k++) {{
               range.value = k;
               range.oninput();
               const rows = [...root.querySelectorAll('.le-log li')]
                 .slice(0, k).map(li => [...li.children]);
               for (const [m, mode] of ['level', 'edge'].entries()) {{
                 const done = rows.map(cells => cells[m] || cells[0])
                   .filter(cell => cell.querySelector('code'));
                 const lane = root.querySelector('.le-' + mode);
                 const text = row => [...lane.querySelectorAll(row + ' .on')]
                   .map(e => e.textContent).join('').replace('␣', ' ');
                 const told = ({look})({{
                   done, lane, all: scenario[mode].steps,
                   step: scenario[mode].steps[done.length - 1],
                   buffer: text('.le-cells:not(.le-read)'),
                   read: text('.le-read') }});
                 if (told)
                   wrong.push(`${{scenario.id}} ${{mode}} ${{k}}: ${{told}}`);
               }}
             }}
           }});
           return wrong.join('\\n');
         }})()"
    ))?;
    match wrong.as_str() {
        Some("") => Ok(()),
        wrong => Err(format!("{wrong:?}")),
    }
}

fn recorded(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "({ step, lane, buffer, read, all }) => {
           const due = (step?.buf || '') + (step?.fin ? 'end' : '');
           if (buffer !== due) return `${buffer} waits, not ${due}`;
           const sent = all.slice(0, all.indexOf(step) + 1)
             .filter(s => s.kind === 'arrive')
             .map(s => s.call.match(/\"(.*)\"/)[1]).join('');
           const got = sent.slice(0, sent.length - (step?.buf.length || 0));
           if (read.replace('end', '') !== got) return `read ${read}`;
           const stalled = step?.kind === 'silent' && due !== '';
           if (stalled !== (lane.dataset.look === 'stalled'))
             return lane.dataset.look;
         }",
    )
}

/// No step is left out or told twice, and both see each arrival at once.
fn aligned(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "({ done, all }) => {
           for (const [i, cell] of done.entries())
             if (cell.querySelector('code').textContent !== all[i].call)
               return `${i}: ${cell.textContent}`;
         }",
    )?;
    let window = open(reader)?;
    pick(&window, WIDGET, "more arrives later")?;
    window.expect(&format!(
        "document.querySelectorAll('{WIDGET} .le-peer').length === 2"
    ))?;
    window.expect(&format!(
        "[...document.querySelectorAll('{WIDGET} .le-log li:not(.le-peer)')]
           .every(li => li.children.length === 2)"
    ))
}

fn stalls(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "read once")?;
    finish(&window)?;
    lane(&window, "level", "asleep", "nothing waits")?;
    lane(&window, "edge", "stalled", "stalled: 7 bytes wait")?;

    pick(&window, WIDGET, "until EAGAIN")?;
    finish(&window)?;
    lane(&window, "edge", "asleep", "nothing waits")
}

fn misses(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "until a short read")?;
    finish(&window)?;
    lane(&window, "level", "closed", "closed")?;
    lane(&window, "edge", "stalled", "stalled: the end waits")?;

    pick(&window, WIDGET, "until the end")?;
    finish(&window)?;
    lane(&window, "edge", "closed", "closed")
}

fn by_mouse(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "until EAGAIN")?;
    says(&window, WIDGET, ".sp-say", "11 bytes arrive")?;
    stepper::forward(&window, WIDGET)?;
    window.expect(&stepper::at_step(WIDGET, 3))?;
    for _ in 0..4 {
        window.click(&format!("{WIDGET} [aria-label='Step back']"))?;
    }

    window.expect(&stepper::at_step(WIDGET, 0))
}

fn by_keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

/// By itself it goes on; whoever touches the widget stops it.
fn plays(reader: &Reader) -> Result {
    let window = open(reader)?;
    let play = stepper::part(WIDGET, "le-play");
    let paused = format!("{play}.textContent === 'Play'");
    window.click(&format!("{WIDGET} .le-play"))?;
    window.expect(&format!("{play}.textContent === 'Pause'"))?;
    window.wait_until(&stepper::at_step(WIDGET, 4))?;

    window.click(&format!("{WIDGET} [aria-label='Step back']"))?;
    window.expect(&paused)?;
    window.expect(&stepper::at_step(WIDGET, 3))?;

    // From the end it begins anew, and at the end it stops.
    finish(&window)?;
    window.click(&format!("{WIDGET} .le-play"))?;
    window.expect(&stepper::at_step(WIDGET, 1))?;
    window.click(&format!("{WIDGET} .le-play"))?;
    window.expect(&paused)
}

/// Every wait is asked for, and what it returns isn't shown before.
fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "more arrives later")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    stepper::go_to(&window, WIDGET, 0)?;
    let last = window.evaluate(&format!("+{}.max", part("sp-range")))?;
    let mut questions = 0;
    for step in 1..=last.as_u64().unwrap_or(0) {
        stepper::forward(&window, WIDGET)?;
        if window.expect(&stepper::at_step(WIDGET, step)).is_err() {
            stepper::forward(&window, WIDGET)?;
        }
        let waits = window.evaluate(&format!(
            "(li => !!li.querySelector('.wake, .silent'))
               (document.querySelectorAll('{WIDGET} .le-log li')[{step} - 1])"
        ))?;
        let open = format!("{}.matches('.asked')", part("sp-say"));
        let asked = window.evaluate(&open)?;
        if asked != waits {
            return Err(format!("step {step}: waits {waits}, asks {asked}"));
        }
        if asked == true {
            questions += 1;
            window.expect(&format!(
                "[...document.querySelectorAll(
                   '{WIDGET} .le-log :is(.open, .todo) b')]
                   .every(e => getComputedStyle(e).visibility === 'hidden')"
            ))?;
            window.expect(&format!(
                "document.querySelectorAll('{WIDGET} .le-level circle').length
                   === [...document.querySelectorAll('{WIDGET} .le-log li')]
                     .slice(0, {step} - 1).filter(li => li.children[0]
                       .matches('.wake, .silent')).length"
            ))?;
        }
    }
    if questions < 4 {
        return Err(format!("{questions} questions"));
    }
    Ok(())
}

fn part(name: &str) -> String {
    stepper::part(WIDGET, name)
}

fn answers(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "read once")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "Both call epoll_wait")?;
    answer(&window, WIDGET, "both")?;
    says(&window, WIDGET, ".ok", "Right. ")?;

    asked(&window, WIDGET, "Both call epoll_wait")?;
    answer(&window, WIDGET, "both")?;
    says(&window, WIDGET, ".no", "No: level alone.")?;
    says(&window, WIDGET, ".no", "nothing came since its last event")?;
    lane(&window, "edge", "stalled", "7 bytes wait")?;

    asked(&window, WIDGET, "Level-triggered calls epoll_wait")?;
    answer(&window, WIDGET, "an event")?;
    says(&window, WIDGET, ".ok", "3 bytes wait still")?;
    asked(&window, WIDGET, "Level-triggered calls epoll_wait")?;
    answer(&window, WIDGET, "an event")?;
    says(&window, WIDGET, ".no", "No: nothing: it sleeps.")
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
