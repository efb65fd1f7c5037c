//! Questions and predictions: by keyboard, without JavaScript, on paper.

use serde_json::json;

use super::chromium::{Page, Result};
use super::{Claim, Reader};

/// Claims about what every chapter uses.
pub const TRIALS: &[Claim] = &[
    ("a_quiz_explains_the_picked_option_by_keyboard", quiz_by_keyboard),
    ("a_right_answer_explains_every_option", right_answer),
    ("a_prediction_opens_by_keyboard", predict_by_keyboard),
    ("questions_are_readable_without_javascript", without_javascript),
    ("a_long_transcript_scrolls_by_keyboard", long_transcript),
    ("a_long_transcript_is_whole_on_paper", long_on_paper),
    ("arrow_keys_scroll_wide_code_and_turn_no_page", wide_code),
];

/// A chapter that has questions.
fn open(reader: &Reader) -> Result<Page<'_>> {
    let window = reader.window()?;
    window.open(&reader.url(&reader.page_about("05-framing")?))?;
    Ok(window)
}

/// Moves the focus to the first element that a selector finds.
fn focus(window: &Page<'_>, selector: &str) -> Result {
    let selector = json!(selector);
    let found = format!("document.querySelector({selector})");
    window.evaluate(&format!("{found}.focus()"))?;
    window.expect(&format!("document.activeElement === {found}"))
}

/// How many explanations the first quiz shows.
const SHOWN: &str = "[...document.querySelector('sb-quiz')
    .querySelectorAll('.sb-why')].filter(w => w.offsetHeight).length";

fn quiz_by_keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    window.expect(&format!("{SHOWN} === 0"))?;
    // The last option, or the one before it where the last is right.
    window.evaluate(
        "(() => { const wrong = [...document.querySelectorAll(
             'sb-quiz:first-of-type .sb-options > :not([data-right])')];
           document.querySelector('sb-quiz [type=radio]').id = 'first';
           wrong.at(-1).querySelector('input').id = 'wrong'; })()",
    )?;

    focus(&window, "#first")?;
    let page = window.evaluate("location.href")?;
    for _ in 0..9 {
        if window.expect("document.querySelector('#wrong').checked").is_ok() {
            break;
        }
        window.key("ArrowRight")?;
    }
    window.key("Enter")?;

    window.expect(&format!("{SHOWN} === 1"))?;
    window
        .expect("document.querySelector('sb-quiz [role=status].sb-wrong')")?;
    window.expect(&format!("location.href === {page}"))
}

fn right_answer(reader: &Reader) -> Result {
    let window = open(reader)?;

    window.click("sb-quiz .sb-options > [data-right] label")?;
    window.click("sb-quiz button")?;

    window
        .expect("document.querySelector('sb-quiz [role=status].sb-right')")?;
    window.expect(&format!(
        "{SHOWN} === document.querySelector('sb-quiz .sb-options')
           .children.length"
    ))
}

fn predict_by_keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let open = "document.querySelector('sb-predict details').open";
    window.expect(&format!("!{open}"))?;

    focus(&window, "sb-predict input")?;
    window.key("4")?;
    window.key("s")?;
    window.expect("document.activeElement.value === '4s'")?;
    window.key("Tab")?;
    window.key("Enter")?;

    window.wait_until(open)
}

fn without_javascript(reader: &Reader) -> Result {
    let window = reader.window()?;
    let off = json!({ "value": true });
    window.call("Emulation.setScriptExecutionDisabled", off)?;
    window.open(&reader.url(&reader.page_about("05-framing")?))?;

    window
        .expect("document.querySelector('sb-quiz .sb-option').offsetHeight")?;
    window.expect("document.querySelector('sb-quiz summary').offsetHeight")?;
    window.expect("document.querySelector('sb-predict summary').offsetHeight")
}

/// A chapter with a long transcript, every answer open.
fn open_long(reader: &Reader) -> Result<Page<'_>> {
    let window = reader.window()?;
    window.open(&reader.url(&reader.page_about("01-osi-layers")?))?;
    window.evaluate(
        "for (const d of document.querySelectorAll('main details'))
           d.open = true",
    )?;
    window.wait_until(
        "document.querySelector('.sb-long pre code').tabIndex === 0",
    )?;
    Ok(window)
}

/// Presses a key until it has scrolled something: a window that a busy
/// Chromium has not painted yet may let a press go by.
fn press_until(window: &Page<'_>, key: &str, condition: &str) -> Result {
    for _ in 0..200 {
        window.key(key)?;
        let seen = window.evaluate(&format!(
            "new Promise(done => setTimeout(() => done({condition}), 30))"
        ))?;
        if seen == true {
            return Ok(());
        }
    }
    Err(format!("{key} never made it true: {condition}"))
}

fn long_transcript(reader: &Reader) -> Result {
    let window = open_long(reader)?;
    window.expect(
        "document.querySelector('.sb-long pre code').clientHeight < innerHeight",
    )?;

    focus(&window, ".sb-long pre code")?;

    press_until(
        &window,
        "ArrowDown",
        "document.querySelector('.sb-long pre code').scrollTop > 0",
    )
}

fn long_on_paper(reader: &Reader) -> Result {
    let window = open_long(reader)?;
    window.call("Emulation.setEmulatedMedia", json!({ "media": "print" }))?;

    window.expect(
        "(code => code.scrollHeight <= code.clientHeight + 1)(
           document.querySelector('.sb-long pre code'))",
    )
}

fn wide_code(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.width(390)?;
    window.open(&reader.url(&reader.page_about("05-framing")?))?;
    let page = window.evaluate("location.href")?;
    let scrolled = "document.querySelector('main code[tabindex]').scrollLeft";

    focus(&window, "main code[tabindex]")?;

    press_until(&window, "ArrowRight", &format!("{scrolled} > 0"))?;
    window.expect(&format!("location.href === {page}"))
}
