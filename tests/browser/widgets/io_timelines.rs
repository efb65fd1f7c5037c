//! The *I/O timelines*: by mouse, by keyboard, without JavaScript, on paper.

use super::stepper::{self, go_to, part};
use super::{answer, asked, pick, says};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("io_timelines::shows_who_waits_and_what_is_not_taken", lanes),
    ("io_timelines::shows_nothing_that_is_still_to_come", no_future),
    ("io_timelines::counts_as_the_table_of_the_demo_does", counts),
    ("io_timelines::picks_a_model_by_mouse", picks),
    ("io_timelines::steps_by_keyboard_and_the_page_stays", keyboard),
    ("io_timelines::asks_who_is_served_next", asks_who),
    ("io_timelines::asks_where_the_bytes_are", asks_where),
    ("io_timelines::has_a_right_answer_to_every_question", answers),
    ("io_timelines::fits_a_phone_at_every_step", fits_a_phone),
    ("io_timelines::is_a_table_without_javascript", without_javascript),
    ("io_timelines::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "10-nonblocking";
const BOTH: [&str; 2] = [PAGE, "12-completion"];
const WIDGET: &str = "sb-io-timelines";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Goes to each step of each model of a page, and lets JavaScript look: `root` is the
/// widget, `run` the record, and `at` the number of steps that were made.
/// What it returns is wrong.
fn at_each_step(reader: &Reader, page: &str, look: &str) -> Result {
    let wrong = super::open(reader, page)?.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('.sp-range');
           const runs = JSON.parse(root.querySelector('script').text);
           const radios = root.querySelectorAll('[type=radio]');
           for (const [i, run] of runs.entries()) {{
             radios[i].click();
             for (let at = 0; at <= run.steps.length; at++) {{
               range.value = at;
               range.oninput();
               const told = ({look})(root, run, at);
               if (told) wrong.push(`${{run.label}}, step ${{at}}: ${{told}}`);
             }}
           }}
           return wrong.join('\\n');
         }})()"
    ))?;
    match wrong.as_str() {
        Some("") => Ok(()),
        wrong => Err(format!("{wrong:?}")),
    }
}

fn on_both(reader: &Reader, look: &str) -> Result {
    BOTH.iter().try_for_each(|page| at_each_step(reader, page, look))
}

fn lanes(reader: &Reader) -> Result {
    on_both(
        reader,
        "(root, run, at) => {
           const open = kind =>
             root.querySelectorAll(`.io-chart .io-${kind}.open`).length;
           for (const kind of ['waits', 'spins', 'runs', 'ready']) {
             const due = run.steps.slice(0, at).filter(s => s.state === kind
               && !(s.until && s.until <= at)).length;
             if (open(kind) !== due) return `${open(kind)} ${kind}, not ${due}`;
           }
           const ways = root.querySelectorAll('.io-way').length;
           const due = run.steps.filter(s => s.state === 'ready'
             && s.until <= at).length;
           if (ways !== due) return `${ways} taken, not ${due}`;
         }",
    )
}

fn no_future(reader: &Reader) -> Result {
    on_both(
        reader,
        "(root, run, at) => {
           const cursor = root.querySelector('.io-cursor');
           if (!at) return cursor && 'a step before the first';
           const edge = cursor.getBoundingClientRect().right + 1;
           const drawn = [...root.querySelectorAll('.io-bar, .io-cell')]
             .filter(e => e.closest('.io-chart'));
           if (drawn.length !== at) return `${drawn.length} drawn`;
           const late = drawn.filter(
             e => e.getBoundingClientRect().right > edge);
           return late.map(e => e.className).join();
         }",
    )
}

/// What the widget counts at the end of a model, and the row of the demo's
/// table, which the page shows.
fn counts(reader: &Reader) -> Result {
    at_each_step(
        reader,
        PAGE,
        "(root, run, at) => {
           if (at < run.steps.length) return;
           const rows = [...document.querySelectorAll('main pre code')]
             .map(code => code.textContent)
             .find(text => text.includes('in vain  sleeps')).split('\\n');
           const row = rows.find(row => row.startsWith(run.label + '  '));
           const [served, ...due] = row.slice(run.label.length).trim()
             .replace('> 3000    > 3000', '>3000 >3000')
             .split(/ {2,}| (?=>)/).reverse();
           const told = [...root.querySelectorAll('.io-score > span')]
             .map(e => e.textContent);
           const got = told.slice(0, 3).map(text =>
             text.replace('more than ', '>').split(' ')[0]).reverse();
           const taken = told[3].replace('taken: ', '').split('').join(', ');
           if (got.join() !== due.join()) return `${got}, not ${due}`;
           if (taken !== served) return `${taken} served, not ${served}`;
         }",
    )
}

fn picks(reader: &Reader) -> Result {
    let window = open(reader)?;

    pick(&window, WIDGET, "asynchronous")?;

    let lanes = format!("document.querySelectorAll('{WIDGET} .io-lane')");
    window.expect(&format!("{lanes}.length === 7"))?;
    window.expect(&stepper::at_step(WIDGET, 0))
}

fn keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let address = window.evaluate("location.href")?;
    let slider = part(WIDGET, "sp-range");
    window.evaluate(&format!("{slider}.focus()"))?;

    stepper::steps_by_keyboard(&window, WIDGET)?;

    window.expect(&format!("location.href === {address}"))
}

fn asks_who(reader: &Reader) -> Result {
    let window = open(reader)?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "Peer b has sent. Whose")?;

    answer(&window, WIDGET, "b")?;
    says(&window, WIDGET, ".no", "No: a. ")?;

    pick(&window, WIDGET, "multiplexing")?;
    asked(&window, WIDGET, "Peer b has sent. Whose")?;
    answer(&window, WIDGET, "b")?;
    says(&window, WIDGET, ".ok", "Right. ")
}

/// Ready, the bytes are in the kernel; done, they are in the program.
fn asks_where(reader: &Reader) -> Result {
    let window = open(reader)?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    let cases = [
        ("multiplexing", "poll has returned: b is ready.", "in the kernel"),
        (
            "asynchronous",
            "aio_suspend has returned: b is done.",
            "in the program's buffer",
        ),
    ];
    for (model, question, right) in cases {
        pick(&window, WIDGET, model)?;
        asked(&window, WIDGET, question)?;
        answer(&window, WIDGET, right)?;
        says(&window, WIDGET, ".ok", "Right. ")?;
    }
    Ok(())
}

/// Each question of each model offers its right answer, once, and hides what
/// it asks for until then.
fn answers(reader: &Reader) -> Result {
    let least = [10, 6];
    let mut pages = BOTH.iter().zip(least);
    pages.try_for_each(|(page, least)| all_answered(reader, page, least))
}

/// Answers at least so many questions of a page.
fn all_answered(reader: &Reader, page: &str, least: u64) -> Result {
    let window = super::open(reader, page)?;
    go_to(&window, WIDGET, 0)?;
    let asked = window.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}');
           const part = name => root.querySelector('.sp-' + name);
           let asked = 0;
           part('ask').click();
           for (const radio of root.querySelectorAll('[type=radio]')) {{
             radio.click();
             const steps = +part('range').max;
             for (let step = 0; step < steps; step++) {{
               part('on').click();
               const buttons = [...part('quiz').querySelectorAll('button')];
               if (!buttons.length) continue;
               asked++;
               const labels = buttons.map(b => b.textContent);
               if (new Set(labels).size !== labels.length)
                 return `twice: ${{labels}}`;
               buttons[0].click();
               const right = buttons.filter(b => b.matches('.ok'));
               if (right.length !== 1) return `none right: ${{labels}}`;
             }}
           }}
           return asked;
         }})()"
    ))?;
    match asked.as_u64() {
        Some(count) if count >= least => Ok(()),
        _ => Err(format!("{page}: {asked}")),
    }
}

fn fits_a_phone(reader: &Reader) -> Result {
    let fits = |page| stepper::fits_a_phone(reader, page, WIDGET);
    BOTH.into_iter().try_for_each(fits)
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
