//! The *frame explorer*: by mouse, by keyboard, as a quiz, on a phone,
//! without JavaScript, on paper.

use crate::chromium::{Page, Result};
use crate::{Claim, Reader};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("frame_explorer::shows_every_byte_of_every_frame", every_byte),
    ("frame_explorer::explains_the_byte_that_is_clicked", clicks),
    ("frame_explorer::moves_by_keyboard_and_the_page_stays", keyboard),
    ("frame_explorer::keeps_its_place_when_the_reader_moves", stays),
    ("frame_explorer::asks_and_explains_a_wrong_answer", quiz_by_mouse),
    ("frame_explorer::asks_by_keyboard", quiz_by_keyboard),
    ("frame_explorer::shows_the_answer_if_asked_to", show_me),
    ("frame_explorer::has_eight_bytes_a_row_on_a_phone", phone),
    ("frame_explorer::is_a_table_without_javascript", without_javascript),
    ("frame_explorer::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "01-osi-layers";
const WIDGET: &str = "sb-frame-explorer";

/// What the claims below say of the widget, in its own words: the recorded
/// data, the chosen frame and field, and the parts that show them.
const WORDS: &str = "
  const widget = document.querySelector('sb-frame-explorer');
  const data = JSON.parse(widget.querySelector('script').text)[0];
  const part = name => widget.querySelector('.fx-' + name);
  const chosen = of => [...part(of).querySelectorAll('input')]
    .findIndex(input => input.checked);
  const frame = () => data.frames[chosen('list')];
  const field = () => frame().fields[chosen('hex')];
  const labels = () => part('hex').querySelectorAll('label');
  const told = () => part('label').textContent;
  const label = f => data.fields[f.id].label;";

/// An expression with [`WORDS`], as JavaScript that stands by itself.
fn say(expression: &str) -> String {
    run(&format!("return {expression}"))
}

/// Statements with [`WORDS`], as JavaScript that stands by itself.
fn run(statements: &str) -> String {
    format!("(() => {{ {WORDS} {statements}; }})()")
}

/// A window of this width that shows the widget.
fn open_at(reader: &Reader, width: u32) -> Result<Page<'_>> {
    let window = reader.window()?;
    window.width(width)?;
    window.open(&reader.url(&reader.page_about(PAGE)?))?;
    Ok(window)
}

fn open(reader: &Reader) -> Result<Page<'_>> {
    open_at(reader, 1280)
}

/// Clicks an element given as an expression in [`WORDS`].
fn click(window: &Page<'_>, element: &str) -> Result {
    window.evaluate(&run(&format!(
        "document.querySelector('#clicked')?.removeAttribute('id');
         const e = {element}; e.id = 'clicked'"
    )))?;
    window.click("#clicked")
}

fn every_byte(reader: &Reader) -> Result {
    let window = open(reader)?;
    let wrong = window.evaluate(&run("const wrong = [];
         [...part('list').querySelectorAll('input')].forEach((input, i) => {
           input.click();
           const f = data.frames[i];
           const bytes = [...part('hex').querySelectorAll('.fx-b')];
           const shown = bytes.map(b => b.textContent).join('');
           if (shown !== f.bytes) wrong.push(`frame ${i + 1}: ${shown}`);
           const sizes = [...part('strip').querySelectorAll('span')]
             .reduce((sum, span) => sum + Number(span.textContent), 0);
           if (sizes !== bytes.length) wrong.push(`frame ${i + 1}: layers`);
           labels().forEach((l, j) => {
             l.click();
             const { label, why } = data.fields[f.fields[j].id];
             if (told() !== label || part('why').textContent !== why || !why)
               wrong.push(`frame ${i + 1}: ${f.fields[j].id}`);
             const bits = [...part('what').querySelectorAll('i')].length;
             const told_bits = (f.fields[j].bits || [])
               .reduce((sum, b) => sum + b.width, 0);
             if (bits !== told_bits) wrong.push(`bits of ${label}`);
           });
         });
         return wrong.join('; ')"))?;
    match wrong.as_str() {
        Some("") => Ok(()),
        Some(wrong) => Err(wrong.to_owned()),
        None => Err("no answer".into()),
    }
}

fn clicks(reader: &Reader) -> Result {
    let window = open(reader)?;

    click(&window, "part('list').querySelector('label')")?;
    window.expect(&say("chosen('list') === 0"))?;
    click(&window, "labels()[2].querySelector('.last')")?;
    window.expect(&say("told() === label(data.frames[0].fields[2])"))?;
    // The last byte as text.
    click(&window, "part('text').lastElementChild")?;
    window.expect(&say("field() === frame().fields.at(-1)"))?;
    window.expect(&say("told() === label(field())"))?;
    click(&window, "part('back')")?;
    window.expect(&say("field() === frame().fields.at(-2)"))?;
    click(&window, "part('strip').children[1]")?;

    window.expect(&say("field().layer === frame().layers[1].id
          && field().start === frame().layers[1].start"))
}

fn keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let page = window.evaluate("location.href")?;
    window.evaluate(&run("part('list').querySelector(':checked').focus()"))?;
    let before = window.evaluate(&say("chosen('list')"))?;

    window.key("ArrowDown")?;
    window.expect(&say(&format!("chosen('list') === {before} + 1")))?;
    window.key("ArrowLeft")?;
    window.expect(&say(&format!("chosen('list') === {before}")))?;
    for _ in 0..9 {
        let there = "document.activeElement.closest('.fx-hex')";
        if window.expect(there).is_ok() {
            break;
        }
        window.key("Tab")?;
    }
    window.key("Home")?;
    window.expect(&say("chosen('hex') === 0"))?;
    window.key("ArrowRight")?;
    window.expect(&say("chosen('hex') === 1 && told() === label(field())"))?;
    window.key("ArrowUp")?;
    window.expect(&say(&format!("chosen('list') === {before} - 1")))?;
    // The same field of the other frame, and the focus on it.
    window.expect(&say("chosen('hex') === 1 && told() === label(field())"))?;
    window.key("End")?;
    window.key("ArrowRight")?;

    window.expect(&say("field() === frame().fields.at(-1)"))?;
    window.expect(&say("document.activeElement
           === part('hex').querySelectorAll('input')[chosen('hex')]"))?;
    // On a button, where mdBook would take the keys.
    window.evaluate(&run("part('quiz').focus()"))?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.expect(&say("field() === frame().fields.at(-3)"))?;
    window.key("s")?;
    window.key("?")?;

    window.expect(&say("document.activeElement === part('quiz')"))?;
    window.expect(&format!("location.href === {page}"))
}

fn stays(reader: &Reader) -> Result {
    for width in [1280, 390] {
        keeps_its_height(&open_at(reader, width)?, width)?;
    }
    let window = open_at(reader, 390)?;
    let last = "labels()[labels().length - 1].querySelector('.fx-b')";
    window.evaluate(&run(&format!(
        "{last}.scrollIntoView({{ block: 'center', behavior: 'instant' }})"
    )))?;
    let before = window.evaluate("scrollY")?;
    click(&window, last)?;

    window.expect(&format!("scrollY === {before}"))
}

/// Whatever field is chosen or asked for, what follows the widget stays
/// where it is. On a phone, frames may differ in height.
fn keeps_its_height(window: &Page<'_>, width: u32) -> Result {
    let changes = window.evaluate(&run(&format!(
        "const changes = [];
         let height = 0;
         const look = (what, may_change) => {{
           const foot = {width} < 640 ? 0 : part('foot').offsetTop;
           const now = `${{foot}} of ${{widget.offsetHeight}}`;
           if (height && now !== height && !may_change)
             changes.push(`${{what}}: ${{height}} to ${{now}}`);
           height = now;
         }};
         [...part('list').querySelectorAll('input')].forEach((input, i) => {{
           input.click();
           look(`frame ${{i + 1}}`, {width} < 640);
           for (const l of labels()) {{ l.click(); look(told()); }}
           part('quiz').click();
           look('a question');
           part('quiz').click();
         }});
         return changes.join('; ')"
    )))?;
    match changes.as_str() {
        Some("") => Ok(()),
        _ => Err(format!("at {width} px its height changes: {changes}")),
    }
}

/// The field that the question in the status line asks for, as an index.
const WANTED: &str = "(() => {
  const asked = part('say').textContent;
  return frame().fields.findIndex(f => {
    const { label, ask } = data.fields[f.id];
    const of = frame().layers.find(l => l.id === f.layer).name;
    return [ask, `${of}: which bytes hold “${label}”?`,
      ...(f.bits || []).map(b => `${of}: which bytes hold the bit`
        + `${b.width > 1 ? 's' : ''} “${b.label}”?`)]
      .some(question => question && asked.endsWith(question));
  });
})()";

fn quiz_by_mouse(reader: &Reader) -> Result {
    let window = open(reader)?;
    click(&window, "part('quiz')")?;
    window.expect(&say(&format!("{WANTED} >= 0")))?;
    // Nothing gives the answer away.
    window.expect(&say(
        "getComputedStyle(part('label')).visibility === 'hidden'
           && ![...part('hex').querySelectorAll('input')]
             .some((input, i) => input.ariaLabel
               .includes(label(frame().fields[i])))",
    ))?;

    let other = format!("labels()[{WANTED} ? 0 : 1].querySelector('.fx-b')");
    click(&window, &other)?;
    window.expect(&say("part('say').matches('.no')"))?;
    window.expect(&say("told() === label(field())
           && part('say').textContent.includes(`that is: ${told()}.`)
           && getComputedStyle(part('why')).visibility === 'visible'"))?;
    click(&window, &format!("labels()[{WANTED}].querySelector('.fx-b')"))?;
    window.expect(&say("part('say').matches('.ok')"))?;
    window.expect(&say("part('say').textContent === `Right: ${told()}. `"))?;

    click(&window, "part('quiz')")?;
    window.expect(&say(&format!("{WANTED} >= 0")))
}

fn quiz_by_keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    window.evaluate(&run("part('quiz').focus()"))?;
    window.key("Enter")?;
    let wanted = window.evaluate(&say(WANTED))?.as_u64().unwrap_or(0);
    window.evaluate(&run("part('hex').querySelector(':checked').focus()"))?;

    // To move is not to answer.
    let unanswered = say("part('say').className.trim() === 'fx-say'");
    for step in 0..=wanted {
        window.key(if step == 0 { "Home" } else { "ArrowRight" })?;
        window.expect(&unanswered)?;
    }
    window.key(if wanted % 2 == 0 { "Enter" } else { " " })?;

    window.expect(&say("part('say').matches('.ok')"))
}

fn show_me(reader: &Reader) -> Result {
    let window = open(reader)?;
    click(&window, "part('quiz')")?;
    let wanted = window.evaluate(&say(WANTED))?;

    click(&window, "part('quiz')")?;

    window.expect(&say(&format!("chosen('hex') === {wanted}")))?;
    window.expect(&say("part('say').textContent.includes(told())"))
}

fn phone(reader: &Reader) -> Result {
    let bytes_a_row = say("[...part('hex').querySelectorAll('.fx-b')].filter(
        (b, _, [first]) => b.offsetTop === first.offsetTop).length");
    open(reader)?.expect(&format!("{bytes_a_row} === 16"))?;
    let window = open_at(reader, 390)?;
    window.expect(&format!("{bytes_a_row} === 8"))?;

    // What a byte means is on the screen beside it.
    click(&window, "labels()[1].querySelector('.fx-b')")?;
    window.expect(&say("(seen => seen.top > 0 && seen.bottom <= innerHeight)(
           part('foot').getBoundingClientRect())"))
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
