//! axe-core looks for what keeps people from reading a page: contrast too
//! low, names that are missing, places that no keyboard reaches
//! (<https://github.com/dequelabs/axe-core>).

use std::path::Path;

use super::chromium::Result;
use super::{Reader, WIDTHS};

/// The themes among which a reader of an mdBook may choose.
pub const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];

/// Where `scripts/test-tools` installs it.
const AXE: &str = "target/browser/node_modules/axe-core/axe.min.js";

/// What axe says, one line for each element at fault.
///
/// Highlighted code repeats a few colours thousands of times: of the parts
/// of one kind the first is looked at, and the others become plain text.
const RUN: &str = "(() => {
  const seen = new Set();
  for (const e of document.querySelectorAll('main code span')) {
    const kind = [e, e.parentElement, e.closest('pre')?.parentElement]
      .map(around => around?.className).join();
    if (seen.has(kind)) e.replaceWith(...e.childNodes);
    seen.add(kind);
  }
  return axe.run(document, { resultTypes: ['violations'] })
    .then(found => found.violations.flatMap(v => v.nodes.map(n =>
      `${v.id}: ${n.target.join(' ')}: ${n.any.concat(n.all, n.none)
        .map(c => c.message).join('; ')}`)).join('\\n'));
})";

/// Brings a stepping widget to its end, to its last question, and to a wrong
/// answer.
const END: &str = "(range => { range.value = range.max; range.oninput(); })
    (document.querySelector('.sp-range'))";
const ASKED: &str = "document.querySelector('.sp-ask').click();
    (range => { range.value = range.max - 1; range.oninput(); })
    (document.querySelector('.sp-range'));
    document.querySelector('.sp-on').click()";
const WRONG: &str = "[...document.querySelectorAll('.sp-quiz button')]
    .at(-1).click()";

/// The source of axe, where it is installed.
pub fn source() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join(AXE)).ok()
}

/// The page as it opens.
pub fn finds_nothing(reader: &Reader, page: &str) -> Result {
    look(reader, page, &[""])
}

/// A chapter in use: answers open, quizzes answered rightly and wrongly, a
/// run of the widget at its end, and its question asked.
pub fn finds_nothing_in_use(reader: &Reader) -> Result {
    let answered = "document.querySelectorAll('main details').forEach(
        details => details.open = true);
      document.querySelectorAll('sb-quiz').forEach((quiz, i) => {
        const right = i % 2 ? '[data-right]' : ':not([data-right])';
        quiz.querySelector(`.sb-options > ${right} input`).click();
        quiz.querySelector('button').click(); });
      document.querySelectorAll('.sp-range').forEach(range => {
        range.value = range.max; range.oninput(); })";
    let asked = "document.querySelector('.sp-ask').click();
      document.querySelector('.svm-stream input').click();
      document.querySelector('.sp-quiz button').click()";
    look(reader, &reader.page_about("05-framing")?, &[answered, asked])
}

/// The frame explorer in use: its question answered wrongly, then rightly.
/// The rest of the page, which is long, has a trial of its own.
pub fn finds_nothing_in_the_explorer(reader: &Reader) -> Result {
    let missed = "document.querySelectorAll('main > :not(h1)').forEach(
        other => other.querySelector('.fx') || other.remove());
      document.querySelector('.fx-row').click();
      document.querySelector('.fx-quiz').click();
      document.querySelectorAll('.fx-hex label').forEach(field =>
        document.querySelector('.fx-say.no') || field.click())";
    let found = "document.querySelectorAll('.fx-hex label').forEach(field =>
        document.querySelector('.fx-say.ok') || field.click())";
    look(reader, &reader.page_about("01-osi-layers")?, &[missed, found])
}

/// The widgets of chapters 02, 03 and 06 in use.
pub fn finds_nothing_in_the_others(reader: &Reader) -> Result {
    let picked = "document.querySelector('.mg-memory button').click();
      document.querySelector('.mg-own button').click()";
    let searched = "document.querySelector('.sp-ask').click()";
    let missed = "document.querySelector('.mg-memory button').click()";
    let grid = reader.page_about("02-byte-order")?;
    look(reader, &grid, &[picked, searched, missed])?;
    for page in ["03-names", "06-udp"] {
        look(reader, &reader.page_about(page)?, &[END, ASKED, WRONG])?;
    }
    Ok(())
}

/// The widgets of chapters 07 to 10 in use. The rest of these pages has
/// trials of its own.
pub fn finds_nothing_in_options(reader: &Reader) -> Result {
    let end = &format!(
        "document.querySelectorAll('main > :not(h1)').forEach(
           other => other.matches('.sb-widget') || other.remove());
         document.querySelector('.sp-range') && {END}"
    );
    let asks = "(range => { range.value = 0; range.oninput(); })
        (document.querySelector('.sp-range'));
      document.querySelector('.sp-ask').click()";
    let missed = "{ const quiz = document.querySelector('.sp-quiz');
        do document.querySelector('.sp-on').click();
        while (!quiz.firstChild);
        quiz.querySelector('button:last-child').click(); }";
    for page in ["07-broadcast", "09-unix-sockets", "10-nonblocking"] {
        let states = [end, asks, missed, missed];
        look(reader, &reader.page_about(page)?, &states)?;
    }
    let missed = "document.querySelectorAll('.om td button').forEach(cell => {
        cell.click();
        document.querySelector('.sp-quiz button').click(); })";
    let shown = "[...document.querySelectorAll('.om-root [type=radio]')].at(-1)
        .click(); document.querySelector('.sp-ask').click()";
    look(reader, &reader.page_about("08-socket")?, &[end, missed, shown])
}

/// The widgets of chapter 11 in use: a stall, a question, and the answer to
/// it that is wrong; a file that isn't one of figures, then one that is.
pub fn finds_nothing_in_multiplexing(reader: &Reader) -> Result {
    let end = &format!(
        "document.querySelectorAll('main > :not(h1)').forEach(
           other => other.matches('.sb-widget') || other.remove()); {END}"
    );
    let load = |text: &str| {
        format!(
            "(input => {{
               const chosen = new DataTransfer();
               chosen.items.add(new File([{text}], 'mine.json'));
               input.files = chosen.files;
               return input.onchange();
             }})(document.querySelector('.sc-root [type=file]'))"
        )
    };
    let recorded = "JSON.stringify(JSON.parse(document.querySelector(
        'sb-scaling-plot script').text)[0])";
    let (wrong, right) = (load("'{}'"), load(recorded));
    let page = reader.page_about("11-multiplexing")?;
    look(reader, &page, &[end, ASKED, WRONG, &wrong, &right])
}

/// The widgets of chapters 13 and 14 in use: the middle of the last run, its
/// end, a question, and the answer to it that is wrong.
pub fn finds_nothing_in_servers(reader: &Reader) -> Result {
    let amid = "document.querySelectorAll('main > :not(h1)').forEach(
           other => other.matches('.sb-widget') || other.remove());
         [...document.querySelectorAll('.sp [type=radio]')].at(-1).click();
         (range => { range.value = range.max / 2; range.oninput(); })
           (document.querySelector('.sp-range'))";
    let asked = "document.querySelector('.sp-ask').click();
         while (!document.querySelector('.sp-quiz').firstChild)
           document.querySelector('.sp-on').click()";
    for part in ["13-socketserver", "14-coroutines"] {
        look(reader, &reader.page_about(part)?, &[amid, END, asked, WRONG])?;
    }
    Ok(())
}

/// The widgets of chapters 15 and 16 in use: as those of servers, and each
/// request to begin with, then one that the reader wrote.
pub fn finds_nothing_in_protocols(reader: &Reader) -> Result {
    let alone = "document.querySelectorAll('main > :not(h1)').forEach(
        other => other.matches('.sb-widget') || other.remove())";
    let asked = "document.querySelector('.sp-ask').click();
         while (!document.querySelector('.sp-quiz').firstChild)
           document.querySelector('.sp-on').click()";
    let ftp = reader.page_about("15-ftp")?;
    look(reader, &ftp, &[alone, END, asked, WRONG])?;

    let next = "{ const runs = [...document.querySelectorAll(
             'sb-http-dissector .sp-head input')];
           (runs[runs.findIndex(run => run.checked) + 1] || runs[0]).click();
         }";
    let typed = "(field => { field.value += 'GET ä\0'; field.oninput(
           new InputEvent('input', { inputType: 'insertText' })); })
         (document.querySelector('sb-http-dissector textarea'))";
    let http = reader.page_about("16-http")?;
    look(reader, &http, &[alone, next, next, next, next, next, typed])
}

/// The steppers in use: each in the middle of its last run, then with its
/// question answered wrongly.
pub fn finds_nothing_in_the_steppers(reader: &Reader) -> Result {
    let amid = "document.querySelectorAll('.sp').forEach(stepper => {
        [...stepper.querySelectorAll('[type=radio]')].at(-1).click();
        const range = stepper.querySelector('[type=range]');
        range.value = range.max / 2; range.oninput(); })";
    let asked = "document.querySelectorAll('.sp').forEach(stepper => {
        stepper.querySelector('[type=radio]').click();
        stepper.querySelector('.sp-ask').click();
        const quiz = stepper.querySelector('.sp-quiz');
        while (!quiz.firstChild) stepper.querySelector('.sp-on').click();
        const field = quiz.querySelector('input');
        if (field) field.value = '7';
        quiz.lastChild.click(); })";
    look(reader, &reader.page_about("04-tcp")?, &[amid, asked])
}

/// Brings the page into each state in turn, in every theme and at every
/// width, and lets axe look.
fn look(reader: &Reader, page: &str, states: &[&str]) -> Result {
    let axe = reader.axe.as_deref().unwrap_or_default();
    let window = reader.window()?;
    let mut found = String::new();
    for theme in THEMES {
        window.before_each_page(&format!(
            "localStorage.setItem('mdbook-theme', '{theme}')"
        ))?;
        for width in WIDTHS {
            window.width(width)?;
            window.open(&reader.url(page))?;
            window.expect(&format!(
                "document.documentElement.classList.contains('{theme}')
                   || !document.querySelector('#mdbook-theme-list')"
            ))?;
            window.evaluate(axe)?;
            for state in states {
                window.evaluate(state)?;
                let lines = window.evaluate(&format!("{RUN}()"))?;
                let lines = lines.as_str().ok_or("axe gave no answer")?;
                for line in lines.lines() {
                    found += &format!("{theme}, {width} px: {line}\n");
                }
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}
