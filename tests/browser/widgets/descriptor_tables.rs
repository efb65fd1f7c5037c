//! The *descriptor tables*: by mouse, by keyboard, without JavaScript, on
//! paper.

use super::{answer, asked, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("descriptor_tables::shows_the_tables_of_each_step", tables),
    ("descriptor_tables::an_object_lives_while_something_holds_it", lives),
    ("descriptor_tables::steps_by_keyboard_and_the_page_stays", keyboard),
    ("descriptor_tables::asks_for_the_number_in_the_other_process", asks),
    ("descriptor_tables::fits_a_phone_at_every_step", fits_a_phone),
    ("descriptor_tables::is_a_table_without_javascript", without_javascript),
    ("descriptor_tables::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "09-unix-sockets";
const WIDGET: &str = "sb-descriptor-tables";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Goes to each step and lets JavaScript look: `step` is its record, `root`
/// the widget. What it returns is wrong.
fn at_each_step(reader: &Reader, look: &str) -> Result {
    let wrong = open(reader)?.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const [run] = JSON.parse(root.querySelector('script').text);
           const texts = selector =>
             [...root.querySelectorAll(selector)].map(e => e.textContent);
           run.steps.forEach((step, k) => {{
             range.value = k + 1;
             range.oninput();
             const told = ({look})(step, run);
             if (told) wrong.push(`step ${{k + 1}}: ${{told}}`);
           }});
           return wrong.join('\\n');
         }})()"
    ))?;
    match wrong.as_str() {
        Some("") => Ok(()),
        wrong => Err(format!("{wrong:?}")),
    }
}

fn tables(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "(step, run) => {
           for (const [i, name] of run.processes.entries()) {
             const shown = texts(`.dt-slot.h${i}:not(.free)`).join();
             const has = step.tables[name].map(slot => slot.fd)
               .sort((a, b) => a - b).join();
             if (shown !== has) return `${name} has ${has}, not ${shown}`;
             const arrows = texts(`.dt-arrow.h${i}`).length;
             if (arrows !== step.tables[name].length)
               return `${name}: ${arrows} arrows`;
           }
           const aboard = texts('.dt-carry').length;
           if (aboard !== step.in_flight.length) return `${aboard} in flight`;
         }",
    )
}

fn lives(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "(step, run) => {
           const held = new Set(Object.values(step.tables).flat()
             .map(slot => slot.object).concat(step.in_flight));
           const alive = texts('.dt-object:not(.gone)').length;
           if (alive !== held.size) return `${alive}, not ${held.size}`;
         }",
    )
}

fn keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let address = window.evaluate("location.href")?;
    let slider = stepper::part(WIDGET, "sp-range");
    window.evaluate(&format!("{slider}.focus()"))?;

    stepper::steps_by_keyboard(&window, WIDGET)?;

    window.expect(&format!("location.href === {address}"))
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "New calls recvmsg")?;
    let right = window.evaluate(&format!(
        "(run => {{
           const k = run.steps.findIndex(s => s.call.startsWith('recvmsg'));
           const [was, now] = [run.steps[k - 1], run.steps[k]]
             .map(step => step.tables.new.map(slot => slot.fd));
           return `${{now.find(fd => !was.includes(fd))}}`;
         }})(JSON.parse(
           document.querySelector('{WIDGET} script').text)[0])"
    ))?;
    let right = right.as_str().ok_or("recvmsg gives no descriptor")?;

    answer(&window, WIDGET, right)?;
    says(&window, WIDGET, ".ok", "Right. ")?;
    window.expect(&format!(
        "[...document.querySelectorAll('{WIDGET} .dt-slot.h1.now')]
           .some(slot => slot.textContent === '{right}')"
    ))
}

fn fits_a_phone(reader: &Reader) -> Result {
    super::stepper::fits_a_phone(reader, PAGE, WIDGET)
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
