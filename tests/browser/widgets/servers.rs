//! The *servers*: by mouse, by keyboard, without JavaScript, on paper.

use super::{answer, asked, pick, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("servers::shows_what_proc_said_at_each_step", recorded),
    ("servers::a_client_waits_where_the_server_lets_it", waits),
    ("servers::steps_by_keyboard_and_the_page_stays", by_keyboard),
    ("servers::asks_before_a_client_is_answered", asks),
    ("servers::fits_a_phone_at_every_step", fits_a_phone),
    ("servers::is_a_table_without_javascript", without_javascript),
    ("servers::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "13-socketserver";
const WIDGET: &str = "sb-servers";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

fn recorded(reader: &Reader) -> Result {
    let wrong = open(reader)?.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const [{{ runs }}] = JSON.parse(root.querySelector('script').text);
           const there = ':not(.gone, .yet)';
           const texts = (box, part) =>
             [...box.querySelectorAll(`.sv-${{part}} li${{there}}`)]
               .map(e => e.textContent).join();
           runs.forEach((run, r) => {{
             root.querySelectorAll('[type=radio]')[r].click();
             run.steps.forEach((step, k) => {{
               range.value = k + 1;
               range.oninput();
               const shown = [...root.querySelectorAll(
                 `.sv-process${{there}}`)].map(box => [
                   box.querySelector('strong').textContent,
                   texts(box, 'threads'), texts(box, 'fds')].join(' | '));
               const has = step.processes.map(p => [p.name,
                 p.threads.join(),
                 p.fds.map(s => `${{s.fd}} ${{s.what}}`).join()].join(' | '));
               if (shown.join('; ') !== has.join('; '))
                 wrong.push(`${{run.label}} ${{k + 1}}: ${{shown}}`);
             }});
           }});
           return runs.length === 4 ? wrong.join('\\n') : 'not four runs';
         }})()"
    ))?;
    match wrong.as_str() {
        Some("") => Ok(()),
        wrong => Err(format!("{wrong:?}")),
    }
}

/// Where c waits after its call: step 4.
fn waits(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (model, state) in [
        ("sequential", "c waits in the kernel"),
        ("threading", "c is served"),
        ("forking", "c is served"),
        ("pool", "c waits in the server"),
    ] {
        pick(&window, WIDGET, model)?;
        stepper::go_to(&window, WIDGET, 4)?;
        window.expect(&format!(
            "document.querySelector('{WIDGET} .sv-client.h2')
               .textContent === '{state}'"
        ))?;
    }
    Ok(())
}

fn by_keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    pick(&window, WIDGET, "pool")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "Client c calls")?;
    // The question gives nothing away.
    window.expect(&format!(
        "document.querySelector('{WIDGET} .sv-client.h2')
           .textContent === 'c not there yet'"
    ))?;
    answer(&window, WIDGET, "it waits in the kernel")?;
    says(&window, WIDGET, ".no", "No: it waits in the server.")?;

    asked(&window, WIDGET, "Client b leaves. How many threads")?;
    answer(&window, WIDGET, "3")?;
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
