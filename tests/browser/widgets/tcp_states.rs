//! The widget *TCP states*: both ends of a recorded connection in the state
//! diagram, and its questions.

use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

use super::pick;
use super::stepper::{self, at_step, forward, go_to, part};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("tcp_states::steps_by_mouse", by_mouse),
    ("tcp_states::steps_by_keyboard_and_the_page_stays", by_keyboard),
    ("tcp_states::gives_the_arrow_keys_back_to_the_book", arrows_elsewhere),
    ("tcp_states::marks_the_states_that_the_kernels_reported", marks),
    ("tcp_states::has_an_arrow_for_every_change_of_state", arrows),
    ("tcp_states::asks_before_a_step_and_explains", asks),
    ("tcp_states::a_question_is_answered_by_stepping_on", steps_on),
    ("tcp_states::fits_a_phone_at_every_step", fits_a_phone),
    ("tcp_states::is_a_table_without_javascript", without_javascript),
    ("tcp_states::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "04-tcp";
const WIDGET: &str = "sb-tcp-states";

fn by_mouse(reader: &Reader) -> Result {
    stepper::by_mouse(reader, PAGE, WIDGET)
}

fn by_keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn arrows_elsewhere(reader: &Reader) -> Result {
    stepper::arrows_elsewhere(reader, PAGE, WIDGET)
}

/// Goes to each step of each run and lets JavaScript look: `now` are the
/// states that were reported, if they were asked for, `was` those before,
/// `root` is the widget. What it returns is wrong.
fn at_each_step(reader: &Reader, look: &str) -> Result {
    let window = super::open(reader, PAGE)?;
    let wrong = window.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const look = (now, was, step, k) => {look};
           JSON.parse(root.querySelector('script').text).forEach((run, r) => {{
             root.querySelectorAll('[type=radio]')[r].click();
             let was;
             run.steps.forEach((step, k) => {{
               range.value = k + 1;
               range.oninput();
               const told = look(step.states, was, step, k);
               if (told) wrong.push(`${{run.demo}}, step ${{k + 1}}: ${{told}}`);
               was = step.states || was;
             }});
           }});
           return wrong.join('\\n');
         }})()"
    ))?;
    match wrong.as_str() {
        Some("") => Ok(()),
        wrong => Err(format!("{wrong:?}")),
    }
}

fn marks(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "(() => {
           const label = root.querySelector('svg').ariaLabel;
           const moved = label !== root.label;
           root.label = label;
           const told = root.querySelector('.ts-wire').textContent;
           const guessed = told.includes('by the figure');
           if (!now && moved && k && !guessed) return 'who says so?';
           if (now && guessed) return 'the kernels said so';
           if (!now) return;
           if (!label.endsWith(`alice is in ${now[0]}, bob is in ${now[1]}`))
             return label;
           for (const i of [0, 1]) {
             const marked = [...root.querySelectorAll(`.ts-state.h${i}`)];
             if (marked.map(m => m.textContent).join() !== now[i])
               return `${marked.length} marked, not ${now[i]}`;
             const box = e => e.getBoundingClientRect();
             const token = box(root.querySelector(`.ts-token.h${i}`));
             const state = box(marked[0]);
             if (token.left > state.right || token.right < state.left
               || token.top > state.bottom || token.bottom < state.top)
               return `the token is not at ${now[i]}`;
           }
         })()",
    )
}

/// Between two questions to the kernels more than one thing may have
/// happened; the last of them is the arrow that is drawn.
fn arrows(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "(() => {
           const begins = step.call === 'connect';
           const moved = was && now?.some((s, i) => s !== was[i]);
           if (moved && !begins && !root.querySelector('.ts-edge.on'))
             return `no arrow from ${was} to ${now}`;
         })()",
    )
}

/// The state that the host is in after this step of the handshake whose
/// state it changes.
fn right(window: &Page<'_>, step: u64) -> Result<String> {
    let run = stepper::run(WIDGET, "handshake");
    let state = window.evaluate(&format!(
        "(() => {{
           const all = {run}.steps.map(s => s.states);
           const was = all[{step} - 2] || ['CLOSED', 'CLOSED'];
           return all[{step} - 1].find((s, i) => s !== was[i]);
         }})()"
    ))?;
    state.as_str().map(str::to_owned).ok_or("nothing changes".into())
}

/// Marks an option with an id: the right one, or else the first wrong one.
fn option(window: &Page<'_>, step: u64, is_right: bool) -> Result {
    let right = right(window, step)?;
    window.evaluate(&format!(
        "[...document.querySelectorAll('{WIDGET} .sp-quiz button')].find(
           b => (b.textContent === '{right}') === {is_right}).id = 'option'"
    ))?;
    Ok(())
}

fn asks(reader: &Reader) -> Result {
    let window = super::open(reader, PAGE)?;
    let say = part(WIDGET, "sp-say");
    let label = format!("{}.ariaLabel", part(WIDGET, "ts-map svg"));
    pick(&window, WIDGET, "handshake")?;
    window.evaluate(&format!("{}.focus()", part(WIDGET, "sp-ask")))?;
    window.key("Enter")?;
    let before = window.evaluate(&label)?;
    window.evaluate(&format!("{}.focus()", part(WIDGET, "sp-on")))?;

    window.key("Enter")?;
    window.expect(&format!("{say}.textContent.endsWith('in now?')"))?;
    window.expect("document.activeElement.matches('.sp-quiz button')")?;
    window.expect(&format!("{label} === {before}"))?;
    option(&window, 1, false)?;
    window.evaluate("document.querySelector('#option').focus()")?;
    window.key(" ")?;

    let answer = right(&window, 1)?;
    window.expect(&format!("{say}.matches('.no')"))?;
    window.expect(&format!("{say}.textContent.includes('is in {answer}:')"))?;
    window.expect("document.activeElement.matches('#option.no')")?;
    // Another answer comes too late.
    window.evaluate(
        "[...document.querySelectorAll('.sp-quiz :not(.ok, .no)')].forEach(
           button => button.click())",
    )?;
    window.expect("document.querySelectorAll('.sp-quiz .no').length === 1")?;
    window.expect(&format!("{label} !== {before}"))?;

    forward(&window, WIDGET)?;
    window.expect(&at_step(WIDGET, 2))?;
    option(&window, 2, true)?;
    window.click("#option")?;
    window.expect(&format!("{say}.matches('.ok')"))?;
    window.expect(&format!("{say}.textContent.startsWith('Right. ')"))
}

fn steps_on(reader: &Reader) -> Result {
    let window = super::open(reader, PAGE)?;
    pick(&window, WIDGET, "handshake")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    go_to(&window, WIDGET, 0)?;
    let options = format!("{}.children.length", part(WIDGET, "sp-quiz"));

    forward(&window, WIDGET)?;
    window.expect(&format!("{options} === 4"))?;
    window.key("ArrowRight")?;

    window.expect(&at_step(WIDGET, 1))?;
    window.expect(&format!("{options} === 0"))?;
    let on = part(WIDGET, "sp-on");
    window.expect(&format!("document.activeElement === {on}"))
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
