//! Every page loads, fits a phone, and is found by the search.

use serde_json::json;

use super::axe::THEMES;
use super::chromium::{Page, Result};
use super::{Claim, Reader, WIDTHS};

/// Claims about the book as a whole.
pub const TRIALS: &[Claim] = &[
    ("search_finds_a_word_and_leads_to_its_page", search),
    ("paper_is_light_in_every_theme", paper),
    ("the_sidebar_opens_and_closes_by_keyboard", sidebar),
];

/// The page loads without a complaint and without a horizontal scroll bar.
pub fn loads(reader: &Reader, page: &str) -> Result {
    let window = reader.window()?;
    for width in WIDTHS {
        window.width(width)?;
        window.open(&reader.url(page))?;
        let complaints = window.complaints();
        if !complaints.is_empty() {
            return Err(format!("at {width} px: {}", complaints.join("\n")));
        }
        fits(&window).map_err(|e| format!("at {width} px: {e}"))?;
    }
    Ok(())
}

/// Nothing is cut off on the right. mdBook clips what is too wide, so the
/// page's own width tells nothing: what doesn't scroll by itself must fit.
const CUT_OFF: &str = "(() => {
  const scrolls = e => e.matches('main') ? false
    : getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement);
  return [...document.querySelectorAll('main *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
      && !scrolls(e.parentElement))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join('\\n');
})()";

fn fits(window: &Page<'_>) -> Result {
    window.expect("document.documentElement.scrollWidth <= innerWidth")?;
    match window.evaluate(CUT_OFF)?.as_str() {
        Some("") => Ok(()),
        Some(wide) => Err(format!("cut off on the right:\n{wide}")),
        None => Err("no answer".into()),
    }
}

fn search(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.open(&reader.url("index.html"))?;

    search_for_netstrings(&window)
}

/// Types a word that one chapter has, and follows what is found.
pub fn search_for_netstrings(window: &Page<'_>) -> Result {
    window.key("s")?;
    window.wait_until("document.activeElement.type === 'search'")?;
    for letter in "netstring".chars() {
        window.key(&letter.to_string())?;
    }
    let found = "#mdbook-searchresults a[href*=framing]";
    window.wait_until(&format!("document.querySelector('{found}')"))?;
    window.click(found)?;
    window.wait_for_event("Page.loadEventFired")?;

    window.expect("location.pathname.includes('framing')")?;
    window.wait_until("document.querySelector('main mark')")
}

fn paper(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.call("Emulation.setEmulatedMedia", json!({ "media": "print" }))?;
    for theme in THEMES {
        window.before_each_page(&format!(
            "localStorage.setItem('mdbook-theme', '{theme}')"
        ))?;
        window.open(&reader.url(&reader.page_about("04-tcp")?))?;
        for (selector, colour) in [
            ("html", "background: rgb(255, 255, 255)"),
            ("main p", "color: rgb(0, 0, 0)"),
            ("main .hljs-keyword", "color: rgb(0, 0, 0)"),
        ] {
            let (property, value) = colour.split_once(": ").unwrap_or_default();
            window
                .expect(&format!(
                    "getComputedStyle(document.querySelector('{selector}'))
                       .{property}.startsWith('{value}')"
                ))
                .map_err(|e| format!("{theme}: {e}"))?;
        }
    }
    Ok(())
}

fn sidebar(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.open(&reader.url("index.html"))?;
    let toggle = "document.querySelector('#mdbook-sidebar-toggle')";
    let open = format!("{toggle}.getAttribute('aria-expanded') === 'true'");
    window.wait_until(&open)?;

    window.evaluate(&format!("{toggle}.focus()"))?;
    window.key("Enter")?;
    window.wait_until(&format!("!({open})"))?;
    window.key("Enter")?;
    window.wait_until(&open)
}
