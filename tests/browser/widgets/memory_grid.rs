//! The *memory grid*: by mouse, by keyboard, with the reader's own numbers,
//! without JavaScript, on paper.

use serde_json::json;

use super::says;
use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("memory_grid::shows_memory_and_the_number_misread", misread),
    ("memory_grid::swaps_the_order", swaps),
    ("memory_grid::follows_a_byte_by_keyboard_and_the_page_stays", follows),
    ("memory_grid::takes_numbers_of_the_readers_own", own_numbers),
    ("memory_grid::says_what_is_wrong_with_a_number", bad_numbers),
    ("memory_grid::asks_for_an_address", asks),
    ("memory_grid::is_a_table_without_javascript", without_javascript),
    ("memory_grid::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "02-byte-order";
const WIDGET: &str = "sb-memory-grid";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// The bytes of a row, and of memory with their addresses.
fn shows(window: &Page<'_>, row: &str, bytes: &str) -> Result {
    window.expect(&format!(
        "[...document.querySelectorAll('{WIDGET} .mg-{row} b')]
           .map(b => b.textContent).join(' ') === '{bytes}'"
    ))
}

/// Whether some label of a row has this text.
fn tells(window: &Page<'_>, text: &str) -> Result {
    window.expect(&format!(
        "[...document.querySelectorAll('{WIDGET} .mg-label *')]
           .some(e => e.textContent === {})",
        json!(text)
    ))
}

fn misread(reader: &Reader) -> Result {
    let window = open(reader)?;

    super::pick(&window, WIDGET, "u16 8080")?;

    shows(&window, "number", "1f 90")?;
    shows(&window, "memory", "90 1f")?;
    shows(&window, "read", "90 1f")?;
    tells(&window, "36895")?;
    super::pick(&window, WIDGET, "u32 305419896")?;
    shows(&window, "memory", "78 56 34 12")
}

fn swaps(reader: &Reader) -> Result {
    let window = open(reader)?;

    window.click(&format!("{WIDGET} .mg-swap"))?;

    shows(&window, "number", "1f 90")?;
    shows(&window, "memory", "1f 90")?;
    shows(&window, "read", "90 1f")?;
    tells(&window, "network byte order")?;
    tells(&window, "36895")
}

fn follows(reader: &Reader) -> Result {
    let window = open(reader)?;
    let page = window.evaluate("location.href")?;
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} .mg-memory button').focus()"
    ))?;

    window.key("ArrowRight")?;
    window.key("Enter")?;
    says(&window, WIDGET, "*", "1f is bits 15–8, and lies at +1")?;
    // The byte in all three rows, and its two lines.
    window.expect(&format!(
        "document.querySelectorAll('{WIDGET} .picked').length === 5"
    ))?;
    window.key("s")?;
    window.key("ArrowLeft")?;

    window.expect("document.activeElement.textContent.endsWith('+0')")?;
    window.expect(&format!("location.href === {page}"))
}

/// Types a number of this type, and presses Enter.
fn types(window: &Page<'_>, kind: &str, number: &str) -> Result {
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} select').value = '{kind}';
         document.querySelector('{WIDGET} .mg-own input').value = '';
         document.querySelector('{WIDGET} .mg-own input').focus()"
    ))?;
    for letter in number.chars() {
        window.key(&letter.to_string())?;
    }
    window.key("Enter")
}

fn own_numbers(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (kind, number, memory, misread) in [
        ("u16", "0x1f90", "90 1f", "36895"),
        ("u32", "1", "01 00 00 00", "16777216"),
        (
            "u64",
            "18446744073709551614",
            "fe ff ff ff ff ff ff ff",
            "18374686479671623679",
        ),
        ("i16", "-2", "fe ff", "-257"),
        ("f32", "0.1", "cd cc cc 3d", "-429492130"),
    ] {
        types(&window, kind, number)?;
        shows(&window, "memory", memory)
            .and_then(|()| tells(&window, misread))
            .map_err(|why| format!("{kind} {number}: {why}"))?;
    }
    tells(&window, "0.1")
}

fn bad_numbers(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (kind, number, told) in [
        ("u16", "", "Type a number first"),
        ("u16", "65536", "the largest u16 is 65535"),
        ("u32", "-1", "has no sign"),
        ("u64", "18446744073709551616", "largest u64 is 18446744073709551615"),
        ("i16", "-32769", "the smallest i16 is -32768"),
        ("u16", "1.5", "whole numbers"),
        ("u16", "port", "“port” is not a number"),
        ("f32", "1e39", "an f32 ends at about 3.4e38"),
    ] {
        types(&window, kind, number)?;
        says(&window, WIDGET, ".no", told)
            .map_err(|why| format!("{kind} {number}: {why}"))?;
    }
    // What was shown before stays.
    shows(&window, "memory", "90 1f")
}

fn asks(reader: &Reader) -> Result {
    let window = open(reader)?;
    let memory =
        |n: usize| format!("{WIDGET} .mg-memory .mg-byte:nth-child({n})");
    window.click(&format!("{WIDGET} .sp-ask"))?;
    says(&window, WIDGET, ".asked", "little-endian. Which address holds 1f?")?;
    shows(&window, "memory", "? ?")?;
    let given_away = format!(
        "getComputedStyle(document.querySelector('{WIDGET} .mg-read'))
           .visibility === 'visible'"
    );
    window.expect(&format!("!({given_away})"))?;

    window.click(&memory(1))?;
    says(&window, WIDGET, ".no", "+0 holds 90. 1f lies at +1")?;
    window.click(&format!("{WIDGET} .sp-quiz button"))?;
    says(&window, WIDGET, ".asked", "big-endian. Which address holds 90?")?;
    window.click(&memory(2))?;
    says(&window, WIDGET, ".ok", "Right. 90 lies at +1")?;
    window.expect(&given_away)
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
