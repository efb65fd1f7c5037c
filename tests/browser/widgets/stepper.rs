//! What holds for every widget that steps through a recorded run.

use super::pick;
use crate::chromium::{Page, Result};
use crate::{Reader, WIDTHS};

/// The part of a widget with this class, as JavaScript.
pub fn part(widget: &str, name: &str) -> String {
    format!("document.querySelector('{widget} .{name}')")
}

/// The recorded run of this name, as JavaScript.
pub fn run(widget: &str, name: &str) -> String {
    format!(
        "JSON.parse(document.querySelector('{widget} script').text)
           .find(run => run.demo === '{name}')"
    )
}

/// Moves the slider to a step; 0 is the start.
pub fn go_to(window: &Page<'_>, widget: &str, step: u64) -> Result {
    let range = part(widget, "sp-range");
    window.evaluate(&format!("{range}.value = {step}; {range}.oninput()"))?;
    window.expect(&at_step(widget, step))
}

/// Whether this step is shown, as JavaScript.
pub fn at_step(widget: &str, step: u64) -> String {
    let shown = format!("{}.textContent", part(widget, "sp-step"));
    match step {
        0 => format!("{shown} === 'the start'"),
        step => format!("{shown}.startsWith('step {step} ')"),
    }
}

/// Steps forward, by mouse.
pub fn forward(window: &Page<'_>, widget: &str) -> Result {
    window.click(&format!("{widget} [aria-label='Step forward']"))
}

/// The buttons lead from step to step, and no further than a run's ends.
pub fn by_mouse(reader: &Reader, page: &str, widget: &str) -> Result {
    let window = super::open(reader, page)?;
    pick(&window, widget, "close")?;
    go_to(&window, widget, 0)?;

    forward(&window, widget)?;
    window.expect(&at_step(widget, 1))?;
    forward(&window, widget)?;
    window.expect(&at_step(widget, 2))?;
    for _ in 0..3 {
        window.click(&format!("{widget} [aria-label='Step back']"))?;
    }

    window.expect(&at_step(widget, 0))
}

/// The keys of a run, the slider and the buttons; mdBook takes none of them.
pub fn by_keyboard(reader: &Reader, page: &str, widget: &str) -> Result {
    let window = super::open(reader, page)?;
    let address = window.evaluate("location.href")?;
    let focus = "document.activeElement";
    window.evaluate(&format!(
        "document.querySelector('{widget} input').focus()"
    ))?;

    window.key("ArrowRight")?;
    let second = format!("{focus}.checked && {focus}.closest('label')");
    window.expect(&format!("({second}).previousElementSibling"))?;
    steps_by_keyboard(&window, widget)?;

    window.expect(&format!("location.href === {address}"))
}

/// The keys of the slider and the buttons, from where the focus is.
pub fn steps_by_keyboard(window: &Page<'_>, widget: &str) -> Result {
    let focus = "document.activeElement";
    go_to(window, widget, 0)?;
    for _ in 0..9 {
        if window.expect(&format!("{focus}.type === 'range'")).is_ok() {
            break;
        }
        window.key("Tab")?;
    }
    window.key("ArrowRight")?;
    window.expect(&at_step(widget, 1))?;
    window.key("Tab")?;
    window.key("Enter")?;
    window.expect(&at_step(widget, 2))?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.key("ArrowLeft")?;
    window.expect(&at_step(widget, 0))?;
    window.key("s")?;
    window.key("?")?;

    window.expect(&format!("{focus}.matches('{widget} button')"))
}

/// Outside of the widget an arrow key turns the page, after it was used too.
pub fn arrows_elsewhere(reader: &Reader, page: &str, widget: &str) -> Result {
    let window = super::open(reader, page)?;
    let address = window.evaluate("location.pathname")?;
    forward(&window, widget)?;
    window.evaluate("document.activeElement.blur()")?;

    window.key("ArrowRight")?;
    window.wait_for_event("Page.loadEventFired")?;

    window.expect(&format!("location.pathname !== {address}"))
}

/// What of the widget is cut off at its sides, as JavaScript. It clips what
/// is too wide, so the page's own width tells nothing.
const CUT_OFF: &str = "(root => {
  const { left, right } = root.getBoundingClientRect();
  return [...root.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && (box.left < left - 1 || box.right > right + 1);
  }).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join('\\n');
})";

/// On a phone nothing is cut off, at whatever step of whatever run.
pub fn fits_a_phone(reader: &Reader, page: &str, widget: &str) -> Result {
    let window = reader.window()?;
    window.width(WIDTHS[1])?;
    window.open(&reader.url(&reader.page_about(page)?))?;
    runs_fit(&window, widget)
}

/// Nothing is cut off at any step of any run, at the window's width.
pub fn runs_fit(window: &Page<'_>, widget: &str) -> Result {
    let runs = format!("document.querySelectorAll('{widget} [type=radio]')");
    let (range, panel) = (part(widget, "sp-range"), part(widget, "sp"));
    for run in
        0..window.evaluate(&format!("{runs}.length"))?.as_u64().unwrap_or(0)
    {
        window.evaluate(&format!("{runs}[{run}].click()"))?;
        let last = window.evaluate(&format!("+{range}.max"))?;
        for step in 1..=last.as_u64().unwrap_or(0) {
            window.evaluate(&format!(
                "{range}.value = {step}; {range}.oninput()"
            ))?;
            let cut = window.evaluate(&format!("{CUT_OFF}({panel})"))?;
            if cut != "" {
                return Err(format!("run {run}, step {step}: {cut}"));
            }
        }
    }
    Ok(())
}
