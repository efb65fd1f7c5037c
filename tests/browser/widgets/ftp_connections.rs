//! The *FTP connections*: by mouse, by keyboard, without JavaScript, on
//! paper.

use super::{answer, asked, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("ftp_connections::shows_the_sockets_of_both_ends_at_each_step", recorded),
    ("ftp_connections::joins_two_sockets_that_name_each_other", joined),
    (
        "ftp_connections::shows_which_way_bytes_go_and_over_which_connection",
        moves,
    ),
    ("ftp_connections::steps_by_keyboard_and_the_page_stays", by_keyboard),
    ("ftp_connections::asks_who_opens_the_data_connection", asks),
    ("ftp_connections::fits_a_phone_at_every_step", fits_a_phone),
    ("ftp_connections::is_a_table_without_javascript", without_javascript),
    ("ftp_connections::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "15-ftp";
const WIDGET: &str = "sb-ftp-connections";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Goes to each step of each run and lets JavaScript look: `step` is its
/// record, `boxes` the sections of the connections. What it returns is wrong.
fn at_each_step(reader: &Reader, look: &str) -> Result {
    let wrong = open(reader)?.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const runs = JSON.parse(root.querySelector('script').text)
             .flatMap(demo => demo.runs || [demo]);
           runs.forEach((run, r) => {{
             root.querySelectorAll('[type=radio]')[r].click();
             run.steps.forEach((step, k) => {{
               range.value = k + 1;
               range.oninput();
               const [control, data] =
                 root.querySelectorAll('.fc-map section');
               const told = ({look})(step, {{ control, data }});
               if (told) wrong.push(`${{r}}, ${{k + 1}}: ${{told}}`);
             }});
           }});
           return runs.length ? wrong.join('\\n') : 'no runs';
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
        "(step, boxes) => {
           for (const host of ['client', 'server']) {
             const shown = Object.values(boxes).flatMap(box =>
               [...box.querySelectorAll(`.${host} li:not(.none)`)]
                 .map(li => li.textContent)).sort().join();
             const has = step.sockets[host]
               .map(s => s.state + s.local).sort().join();
             if (shown !== has) return `${host} has ${shown}, not ${has}`;
           }
         }",
    )
}

fn joined(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "(step, boxes) => {
           for (const [name, box] of Object.entries(boxes)) {
             const open = host => step.sockets[host].filter(
               s => s.name.includes(name) && s.state === 'ESTABLISHED');
             const both = open('client').some(a => open('server').some(
               b => a.local === b.peer && b.local === a.peer));
             if (both !== !!box.querySelector('.joined')) return name;
             if (!both) continue;
             const top = host => box.querySelector(
               `.${host} .ESTABLISHED`).offsetTop;
             if (top('client') !== top('server')) return `${name} is askew`;
           }
         }",
    )
}

fn moves(reader: &Reader) -> Result {
    at_each_step(
        reader,
        "(step, boxes) => {
           const arrows = Object.entries(boxes).flatMap(([name, box]) =>
             [...box.querySelectorAll('.fc-arrow')]
               .map(arrow => `${name} ${arrow.className.split(' ')[1]}`));
           const due = step.bytes ? `${step.connection} ${step.who}` : '';
           if (due ? arrows.join() !== due : arrows.length > 1)
             return `${arrows}, not ${due}`;
         }",
    )
}

fn by_keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let address = window.evaluate("location.href")?;
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} .sp-ask').focus()"
    ))?;

    stepper::steps_by_keyboard(&window, WIDGET)?;

    window.expect(&format!("location.href === {address}"))
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "The data connection is opened. Who connects?")?;
    // The question gives nothing away.
    window.expect(&format!(
        "![...document.querySelectorAll('{WIDGET} .fc-map .client li')]
           .some(li => li.matches('.h1 li:not(.none)'))"
    ))?;
    answer(&window, WIDGET, "server")?;
    says(&window, WIDGET, ".no", "No: client.")?;

    asked(&window, WIDGET, "Server sends")?;
    answer(&window, WIDGET, "data")?;
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
