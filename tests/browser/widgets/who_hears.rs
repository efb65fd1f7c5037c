//! *Who hears it*: by mouse, by keyboard, without JavaScript, on paper.

use super::{answer, asked, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("who_hears::shows_how_far_it_gets_at_each_host", how_far),
    ("who_hears::shows_the_frame_at_every_card", every_card),
    ("who_hears::steps_by_keyboard_and_the_page_stays", keyboard),
    ("who_hears::asks_whose_cards_the_frame_reaches", asks_cards),
    ("who_hears::asks_how_far_it_gets", asks_how_far),
    ("who_hears::fits_a_phone_at_every_step", fits_a_phone),
    ("who_hears::is_a_table_without_javascript", without_javascript),
    ("who_hears::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "07-broadcast";
const WIDGET: &str = "sb-who-hears";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// Goes to each end of each run and compares what the figure shows of each
/// host with what the data say.
fn how_far(reader: &Reader) -> Result {
    let window = open(reader)?;
    let wrong = window.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const [run] = JSON.parse(root.querySelector('script').text);
           run.sends.forEach((send, k) => {{
             root.querySelectorAll('[type=radio]')[k].click();
             range.value = range.max;
             range.oninput();
             for (const h of send.hosts) {{
               const i = run.hosts.findIndex(({{ name }}) => name === h.name);
               const shown = [...root.querySelectorAll('.wh-host')[i]
                 .querySelectorAll('li:not(.wh-way)')];
               const [heard, taken, frame] = shown.map(e =>
                 e.textContent.includes('✓'));
               const lit = shown[0].matches('.ok');
               if (heard !== h.heard || lit !== h.heard || taken !== h.taken
                 || frame !== h.frame) wrong.push(`${{send.kind}}, ${{h.name}}`);
             }}
           }});
           return wrong.join('; ') || run.sends.length;
         }})()"
    ))?;
    match wrong.as_u64() {
        Some(sends) if sends >= 3 => Ok(()),
        _ => Err(format!("{wrong}")),
    }
}

fn every_card(reader: &Reader) -> Result {
    let window = open(reader)?;
    for kind in ["unicast", "broadcast", "multicast"] {
        super::pick(&window, WIDGET, kind)?;
        for _ in 0..2 {
            window.click(&format!("{WIDGET} [aria-label='Step forward']"))?;
        }
        window.expect(&format!(
            "[...document.querySelectorAll('{WIDGET} li:nth-child(5)')]
               .filter(card => card.matches('.ok')).length === 2"
        ))?;
        window.expect(&format!(
            "document.querySelector('{WIDGET} .wh-hub').matches('.on')"
        ))?;
    }
    Ok(())
}

fn keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn asks_cards(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "unicast")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "The frame bears the address 02:")?;
    answer(&window, WIDGET, "Bob")?;
    answer(&window, WIDGET, "Check")?;
    says(&window, WIDGET, ".no", "Not quite: Bob, Carol.")?;

    super::pick(&window, WIDGET, "broadcast")?;
    asked(&window, WIDGET, "The frame bears the address ff:")?;
    answer(&window, WIDGET, "Bob")?;
    answer(&window, WIDGET, "Carol")?;
    answer(&window, WIDGET, "Check")?;
    says(&window, WIDGET, ".ok", "Right: Bob, Carol.")
}

fn asks_how_far(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "unicast")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "Bob’s socket is bound to")?;
    answer(&window, WIDGET, "A program hears it")?;
    says(&window, WIDGET, ".ok", "Right. ")?;

    asked(&window, WIDGET, "Carol’s socket is bound to")?;
    answer(&window, WIDGET, "A program hears it")?;
    says(&window, WIDGET, ".no", "No: the kernel drops it. ")?;

    asked(&window, WIDGET, "Alice’s socket is bound to")?;
    answer(&window, WIDGET, "A copy stays, and a program hears it")?;
    says(&window, WIDGET, ".no", "No: the kernel keeps no copy. ")
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
