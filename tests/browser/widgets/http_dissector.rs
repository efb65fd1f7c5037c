//! The *HTTP dissector*: by mouse, by keyboard, on a phone, without
//! JavaScript, on paper. What it says of a request is in `http_corpus.rs`.

use serde_json::json;

use crate::chromium::{Page, Result};
use crate::{Claim, Reader, WIDTHS};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("http_dissector::names_the_parts_that_the_lesson_recorded", parts),
    ("http_dissector::marks_the_very_byte_that_refuses", marks),
    ("http_dissector::takes_apart_what_is_typed", typed),
    ("http_dissector::enter_is_crlf_and_backspace_leaves_a_bare_cr", line_ends),
    ("http_dissector::puts_in_what_no_key_types", puts_in),
    ("http_dissector::names_the_next_request", next_request),
    ("http_dissector::names_the_part_at_the_caret", caret),
    ("http_dissector::lists_the_parts_for_the_keyboard", list),
    ("http_dissector::draws_each_byte_where_it_is_typed", drawn),
    ("http_dissector::fits_a_phone_with_every_request", fits_a_phone),
    ("http_dissector::is_a_table_without_javascript", without_javascript),
    ("http_dissector::is_a_table_on_paper", on_paper),
];

pub const PAGE: &str = "16-http";
const WIDGET: &str = "sb-http-dissector";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

/// What JavaScript finds wrong: nothing.
pub fn nothing(window: &Page<'_>, script: &str) -> Result {
    let wrong = window.evaluate(script)?;
    match wrong.as_str() {
        Some("") => Ok(()),
        wrong => Err(format!("{wrong:?}")),
    }
}

fn parts(reader: &Reader) -> Result {
    nothing(
        &open(reader)?,
        &format!(
            "(() => {{
               const wrong = [];
               const data = JSON.parse(
                 document.querySelector('{WIDGET} script').text);
               for (const {{ label, bytes, parts = [] }} of
                    data.flatMap(demo => demo.requests)) {{
                 const own = sbHttp.read(bytes).parts.map(
                   p => `${{p.name}} ${{p.at}} ${{p.end - p.at}}`);
                 for (const p of parts) {{
                   const told = `${{p.name}} ${{p.at}} ${{p.length}}`;
                   if (!own.includes(told)) wrong.push(`${{label}}: ${{told}}`);
                 }}
               }}
               return wrong.join('\\n');
             }})()"
        ),
    )
}

/// Writes a request in place of the one that is there, as by pasting.
fn write(window: &Page<'_>, bytes: &str) -> Result {
    window.evaluate(&format!(
        "(field => {{ field.focus(); field.select(); }})
           (document.querySelector('{WIDGET} textarea'))"
    ))?;
    window.call("Input.insertText", json!({ "text": bytes })).map(drop)
}

/// What the widget says about the request contains this.
fn says(window: &Page<'_>, mood: &str, part: &str) -> Result {
    super::says(window, WIDGET, mood, part)
}

fn marks(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (request, told, byte, rest) in [
        (
            "GET / HTTP/1.1\nHost : a\n\n",
            "400, at byte 20 (a space)",
            " ",
            ": a←↓",
        ),
        ("GET / HTTP/2.0\n", "505, at byte 11 (2)", "2", ".0←↓"),
        (
            "GET / HTTP/1.1\nHost: a\nContent-Length: +1\n\nx",
            "byte 41 (+)",
            "+",
            "x",
        ),
    ] {
        write(&window, request)?;

        says(&window, ".no", told)?;
        window.expect(&format!(
            "(marks => marks.length === 1
               && marks[0].textContent === {})
             (document.querySelectorAll('{WIDGET} mark'))",
            json!(byte)
        ))?;
        window.expect(&format!(
            "document.querySelector('{WIDGET} .hd-back [data-part=not-read]')
               .textContent.startsWith({})",
            json!(rest)
        ))?;
    }
    Ok(())
}

fn typed(reader: &Reader) -> Result {
    let window = open(reader)?;
    write(&window, "GET")?;
    says(&window, ".asked", "isn’t whole yet")?;
    for key in [" ", "/", " ", "H", "T", "T", "P", "/", "1", ".", "0", "Enter"]
    {
        window.key(key)?;
    }
    says(&window, ".asked", "isn’t whole yet")?;
    window.key("Enter")?;

    says(&window, ".ok", "Accepted: 18 bytes, no body.")?;
    // None of the requests to begin with is chosen any more.
    window.expect(&format!(
        "!document.querySelector('{WIDGET} .sp-head :checked')"
    ))
}

fn line_ends(reader: &Reader) -> Result {
    let window = open(reader)?;
    let text = format!("document.querySelector('{WIDGET} textarea').value");
    write(&window, "GET / HTTP/1.1")?;
    window.key("Enter")?;
    window.expect(&format!("{text} === 'GET / HTTP/1.1←↓\\n'"))?;

    window.key("Backspace")?;
    window.expect(&format!("{text} === 'GET / HTTP/1.1←'"))?;
    window.key("H")?;
    says(&window, ".no", "400, at byte 15 (H): CR without LF")?;
    window.key("Backspace")?;
    window.key("Backspace")?;
    window.expect(&format!("{text} === 'GET / HTTP/1.1'"))?;

    // The line after a deleted LF comes up to its CR.
    write(&window, "a\nb")?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.key("Delete")?;
    window.expect(&format!("{text} === 'a←b'"))
}

fn puts_in(reader: &Reader) -> Result {
    let window = open(reader)?;
    for (button, told) in [
        ("LF ↓", "(LF): LF without CR"),
        ("CR LF ←↓", "Accepted"),
        ("CR ←", "isn’t whole yet"),
        ("NUL ⌀", "(NUL)"),
        ("TAB →", "(TAB)"),
    ] {
        write(&window, "GET / HTTP/1.0\n")?;
        window.evaluate(&format!(
            "document.querySelectorAll('{WIDGET} .hd-put button').forEach(
               b => b.id = b.textContent === {} ? 'put' : '')",
            json!(button)
        ))?;
        window.click("#put")?;

        says(&window, ".sp-say", told)?;
        window.expect("document.activeElement.matches('textarea')")?;
    }
    Ok(())
}

fn next_request(reader: &Reader) -> Result {
    let window = open(reader)?;
    let one = "POST /a HTTP/1.1\nHost: a\nContent-Length: 2\n\nhi";
    write(&window, &format!("{one}GET /b HTTP/1.0\n\n"))?;
    says(&window, ".ok", "2 requests")?;
    window.expect(&format!(
        "(list => list.querySelectorAll('small').length === 1
           && list.querySelector('small + label').textContent === 'methodGET')
         (document.querySelector('{WIDGET} .hd-list'))"
    ))?;

    // A body that is longer than its length begins the next request.
    write(&window, &format!("{one}!GET /b HTTP/1.0\n\n"))?;
    says(&window, ".ok", "2 requests")?;
    write(&window, &format!("{one}\nGET /b HTTP/2.0\n\n"))?;
    says(&window, ".no", "Request 2 is refused: 505, at byte 64 (2)")
}

fn caret(reader: &Reader) -> Result {
    let window = open(reader)?;
    let address = window.evaluate("location.href")?;
    let at = |part: &str| {
        window.expect(&format!(
            "document.querySelector('{WIDGET} .hd-at')
               .textContent.startsWith({})",
            json!(part)
        ))
    };
    write(&window, "GET / HTTP/1.0\nA: b\n\n")?;
    at("At the end.")?;

    // A line end is three steps: CR, LF, and the line after it.
    for (left, part) in [
        (2, "Blank line bytes 22 to 23."),
        (3, "Line end bytes 20 to 21."),
        (2, "Field value byte 19."),
    ] {
        for _ in 0..left {
            window.key("ArrowLeft")?;
        }
        at(part)?;
    }
    window.key("Home")?;
    at("Field name byte 16.")?;
    window.key("ArrowUp")?;
    at("Method bytes 0 to 2.")?;

    window.expect(&format!("location.href === {address}"))
}

fn list(reader: &Reader) -> Result {
    let window = open(reader)?;
    write(&window, "GET /a HTTP/1.0\n\n")?;
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} .hd-list input').focus()"
    ))?;

    window.key(" ")?;
    window.key("ArrowDown")?;

    window.expect(&format!(
        "document.querySelector('{WIDGET} .hd-at')
           .textContent.startsWith('Target bytes 4 to 5.')"
    ))?;
    window.expect(&format!(
        "document.querySelector('{WIDGET} .hd-back .on').textContent === '/a'"
    ))?;
    // Its characters are chosen, to be replaced.
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} textarea').focus()"
    ))?;
    window.key("*")?;
    says(&window, ".no", "400, at byte 4 (*): no target for this method")
}

/// What is typed lies on what is drawn: both have the same characters in the
/// same lines, at any width, and so the same height.
fn drawn(reader: &Reader) -> Result {
    let window = open(reader)?;
    nothing(
        &window,
        &format!(
            "[...document.querySelectorAll('{WIDGET} .sp-head input')]
               .map(input => {{
                 input.click();
                 const [back, field] = document.querySelectorAll(
                   '{WIDGET} .hd-edit > *');
                 // Nothing but the text takes room.
                 const plain = [...back.children].every(part => {{
                   const is = getComputedStyle(part);
                   return is.float === 'none' && is.display === 'inline'
                     && [is.margin, is.padding].every(w => w === '0px');
                 }});
                 const same = back.textContent === field.value + '\\u200b';
                 return plain && same ? ''
                   : `${{input.parentNode.textContent}}: ${{back.textContent}}`;
               }}).join('')"
        ),
    )?;
    let long = format!("GET /{} HTTP/1.1\nHost: a b\n", "a-b ".repeat(400));
    for width in WIDTHS {
        window.width(width)?;
        write(&window, &long)?;
        let same = window.expect(&format!(
            "(([back, field]) => {{
               field.style.cssText = 'min-height: 0; height: 0';
               back.style.cssText = 'min-height: 0; align-self: start';
               const lines = [field.scrollHeight, back.offsetHeight];
               field.style.cssText = back.style.cssText = '';
               return lines[0] === lines[1] && lines[0] > 100
                 && field.value + '\\u200b' === back.textContent
                 && field.clientWidth === back.clientWidth
                 && field.clientHeight === back.clientHeight;
             }})(document.querySelectorAll('{WIDGET} .hd-edit > *'))"
        ));
        same.map_err(|e| format!("at {width} px: {e}"))?;
    }
    Ok(())
}

fn fits_a_phone(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.width(WIDTHS[1])?;
    window.open(&reader.url(&reader.page_about(PAGE)?))?;
    nothing(
        &window,
        &format!(
            "(() => {{
               const root = document.querySelector('{WIDGET} > .sp');
               const {{ left, right }} = root.getBoundingClientRect();
               return [...root.querySelectorAll('.sp-head input')]
                 .flatMap(input => {{
                   input.click();
                   return [...root.querySelectorAll('*')].filter(e => {{
                     const box = e.getBoundingClientRect();
                     return box.width && !e.closest('.hd-list code')
                       && (box.left < left - 1 || box.right > right + 1);
                   }}).map(e => e.outerHTML.slice(0, 120));
                 }}).join('\\n');
             }})()"
        ),
    )
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
