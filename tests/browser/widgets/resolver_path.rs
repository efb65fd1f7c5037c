//! The *resolver path*: by mouse, by keyboard, without JavaScript, on paper.

use super::{answer, asked, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("resolver_path::shows_who_is_not_asked_any_more", not_asked),
    ("resolver_path::shows_what_the_program_gets", gets),
    ("resolver_path::steps_by_keyboard_and_the_page_stays", keyboard),
    ("resolver_path::asks_who_comes_next", asks),
    ("resolver_path::is_a_table_without_javascript", without_javascript),
    ("resolver_path::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "03-names";
const WIDGET: &str = "sb-resolver-path";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

fn forward(window: &Page<'_>, steps: u32) -> Result {
    for _ in 0..steps {
        window.click(&format!("{WIDGET} [aria-label='Step forward']"))?;
    }
    Ok(())
}

fn not_asked(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "bob")?;
    let skipped = format!("document.querySelector('{WIDGET} .skipped')");

    forward(&window, 1)?;
    window.expect(&format!("!{skipped}"))?;
    forward(&window, 1)?;

    window.expect(&format!("{skipped}.textContent.includes('dns')"))?;
    says(&window, WIDGET, "*", "not asked. The file knew it")
}

fn gets(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (name, mood, result) in [
        ("printer", ".ok", "10.0.0.910.0.0.10fd00::9"),
        ("nobody", ".no", "an error: Name or service not known"),
        ("who is 10.0.0.2", ".ok", "bob"),
    ] {
        super::pick(&window, WIDGET, name)?;
        forward(&window, 7)?;
        window.expect(&format!(
            "(gets => gets.matches('{mood}')
                && gets.textContent === '{result}')
               (document.querySelector('{WIDGET} .rp-gets'))"
        ))?;
    }
    Ok(())
}

fn keyboard(reader: &Reader) -> Result {
    stepper::by_keyboard(reader, PAGE, WIDGET)
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    super::pick(&window, WIDGET, "bob")?;
    window.click(&format!("{WIDGET} .sp-ask"))?;
    asked(&window, WIDGET, "Who is asked first?")?;
    answer(&window, WIDGET, "files /etc/hosts")?;
    says(&window, WIDGET, ".ok", "Right.")?;

    forward(&window, 1)?;
    asked(&window, WIDGET, "/etc/hosts: found. Who is asked next?")?;
    answer(&window, WIDGET, "dns 10.0.0.2")?;
    says(&window, WIDGET, ".no", "No: nobody")?;

    forward(&window, 1)?;
    asked(&window, WIDGET, "What does getaddrinfo(\"bob\") return?")?;
    answer(&window, WIDGET, "10.0.0.2")?;
    says(&window, WIDGET, ".ok", "It returns 10.0.0.2.")
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
