//! The *two stacks*: by mouse, by keyboard, without JavaScript, on paper.

use super::{answer, asked, pick, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("two_stacks::shows_stacks_and_queues_of_each_step", recorded),
    ("two_stacks::the_stack_pointer_is_on_one_stack_at_a_time", pointer),
    ("two_stacks::steps_by_keyboard_and_the_page_stays", by_keyboard),
    ("two_stacks::asks_where_a_coroutine_is_that_waits", asks),
    ("two_stacks::fits_a_phone_at_every_step", fits_a_phone),
    ("two_stacks::is_a_table_without_javascript", without_javascript),
    ("two_stacks::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "14-coroutines";
const WIDGET: &str = "sb-two-stacks";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Goes to each step of both runs and lets JavaScript look: `step` is its
/// record, `root` the widget. What it returns is wrong.
fn at_each_step(reader: &Reader, look: &str) -> Result {
    let wrong = open(reader)?.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const [{{ runs }}] = JSON.parse(root.querySelector('script').text);
           const texts = (selector, within = root) =>
             [...within.querySelectorAll(selector)].map(e => e.textContent);
           runs.forEach((run, r) => {{
             root.querySelectorAll('[type=radio]')[r].click();
             run.steps.forEach((step, k) => {{
               range.value = k + 1;
               range.oninput();
               const told = ({look})(step);
               if (told) wrong.push(`${{run.label}} ${{k + 1}}: ${{told}}`);
             }});
           }});
           return runs.length === 2 ? wrong.join('\\n') : 'not two runs';
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
        "step => {
           for (const box of root.querySelectorAll('.tw-stack')) {
             const [name] = texts('strong', box);
             const shown = texts('li:not(.tw-pointer, .tw-free)', box).join();
             if (shown !== (step.stacks[name] || []).join())
               return `${name} has ${shown}`;
           }
           const queue = texts('.tw-queue b').join();
           if (queue !== step.queue.join()) return `queue ${queue}`;
           const waiting = texts('.tw-waiting b').map(t => t[0]).join();
           if (waiting !== step.waiting.map(w => w.who).join())
             return `waiting ${waiting}`;
         }",
    )
}

/// Each other stack was left below the functions that it has.
fn pointer(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "step => {
           const here = texts('.tw-stack:has(.sp-here) strong').join();
           if (here !== step.running) return `on ${here}`;
           const middle = selector => {
             const { left, right } =
               root.querySelector(selector).getBoundingClientRect();
             return (left + right) / 2;
           };
           const register = root.querySelector('.tw-cpu span');
           register.style.transition = 'none';
           const off = middle('.tw-cpu span') - middle('.tw-stack.runs');
           if (Math.abs(off) > 2) return `register off by ${off}`;
           const kept = [...root.querySelectorAll('.tw-stack')]
             .flatMap(box => {
               const items = [...box.querySelectorAll('li')];
               const at = items.findIndex(
                 li => li.matches('.tw-pointer:not(.sp-here)'));
               return at < 0 ? [] : `${texts('strong', box)} ${at}`;
             });
           const left = Object.entries(step.left)
             .filter(([, depth]) => depth !== null)
             .map(([name, depth]) => `${name} ${depth}`);
           if (kept.sort().join() !== left.sort().join())
             return `kept ${kept}, not ${left}`;
         }",
    )
}

fn by_keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "waits")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "Coroutine c reads")?;
    answer(&window, WIDGET, "nothing: the thread waits")?;
    says(&window, WIDGET, ".no", "No: EAGAIN.")?;

    asked(&window, WIDGET, "Coroutine c suspends")?;
    // The question gives nothing away.
    window.expect(&format!(
        "document.querySelector('{WIDGET} .tw-waiting')
           .textContent === 'nobody'"
    ))?;
    answer(&window, WIDGET, "not in the queue")?;
    says(&window, WIDGET, ".ok", "Right. ")
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
