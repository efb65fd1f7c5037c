//! The *scaling plot*: by pointer, by keyboard, with a reader's own figures,
//! without JavaScript, on paper.

use serde_json::{Value, json};

use super::{pick, says, stepper};
use crate::chromium::{Page, Result};
use crate::{Claim, Reader, WIDTHS};

/// Claims about the widget.
pub const TRIALS: &[Claim] = &[
    ("scaling_plot::the_table_has_what_was_recorded", recorded),
    ("scaling_plot::the_plot_has_a_point_for_each_figure", points),
    ("scaling_plot::is_read_by_pointer", by_pointer),
    ("scaling_plot::is_read_by_keyboard_and_the_page_stays", by_keyboard),
    ("scaling_plot::draws_own_figures_beside_the_recorded_ones", own),
    ("scaling_plot::tells_what_is_wrong_with_a_file_and_keeps_all", wrong),
    ("scaling_plot::fits_a_phone_with_own_figures_too", fits_a_phone),
    ("scaling_plot::is_a_table_without_javascript", without_javascript),
    ("scaling_plot::is_a_table_on_paper", on_paper),
];

const PAGE: &str = "11-multiplexing";
const WIDGET: &str = "sb-scaling-plot";

fn open(reader: &Reader) -> Result<Page<'_>> {
    super::open(reader, PAGE)
}

fn part(name: &str) -> String {
    stepper::part(WIDGET, name)
}

/// Chooses a file that holds this, as a reader does in the browser's dialog.
fn load(reader: &Reader, window: &Page<'_>, name: &str, text: &str) -> Result {
    let path = reader.scratch.join(name);
    std::fs::write(&path, text).map_err(|e| format!("{name}: {e}"))?;
    let root = window.call("DOM.getDocument", json!({}))?;
    let input = json!({ "nodeId": root["root"]["nodeId"],
        "selector": format!("{WIDGET} [type=file]") });
    let input = window.call("DOM.querySelector", input)?;
    let said = part("sp-say");
    window.evaluate(&format!("{said}.textContent = ''"))?;
    let files = json!({ "nodeId": input["nodeId"], "files": [path] });
    window.call("DOM.setFileInputFiles", files)?;
    window.wait_until(&format!("{said}.textContent"))
}

/// Figures as the program writes them: all costs are `ns`, at one count of
/// descriptors that was recorded, too.
fn figures(window: &Page<'_>, ns: u32) -> Result<Value> {
    let idle = window.evaluate(&format!(
        "JSON.parse(document.querySelector('{WIDGET} script').text)[0]
           .rows[0].idle"
    ))?;
    let row = |with: &str, mode: Option<&str>, place: &str| json!({ "with": with, "mode": mode, "place": place, "idle": idle, "ns": ns });
    let rows: Vec<_> = ["first", "last"]
        .into_iter()
        .flat_map(|place| {
            [
                row("select", None, place),
                row("poll", None, place),
                row("epoll", Some("level"), place),
                row("epoll", Some("edge"), place),
            ]
        })
        .collect();
    Ok(json!({ "machine": { "cpus": 7, "kernel": "9.9" }, "rows": rows }))
}

/// Chooses each place and each count of descriptors and lets JavaScript look:
/// `rows` are those recorded for both. What it returns is wrong.
fn at_each_count(window: &Page<'_>, look: &str) -> Result {
    let wrong = window.evaluate(&format!(
        "(() => {{
           const root = document.querySelector('{WIDGET}'), wrong = [];
           const range = root.querySelector('[type=range]');
           const [data] = JSON.parse(root.querySelector('script').text);
           const counts = [...new Set(data.rows.map(row => row.idle))]
             .sort((a, b) => a - b);
           const name = row => row.mode ? row.with + ' ' + row.mode : row.with;
           for (const label of root.querySelectorAll('.sp-head label')) {{
             label.querySelector('input').click();
             const place = /first|last/.exec(label.textContent)[0];
             const here = data.rows.filter(row => row.place === place);
             if (!here.length) wrong.push('nothing for ' + place);
             for (const [k, idle] of counts.entries()) {{
               range.value = k;
               range.oninput();
               const rows = here.filter(row => row.idle === idle);
               const told = ({look})(root, rows, here, name);
               if (told) wrong.push(`${{place}}, ${{idle}}: ${{told}}`);
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

/// Each cell is the figure, to three digits; where there is none, a dash.
fn recorded(reader: &Reader) -> Result {
    at_each_count(
        &open(reader)?,
        "(root, rows, here, name) => {
           for (const tr of root.querySelectorAll('.sc-table tbody tr')) {
             const [what, told] = [...tr.children].map(e => e.textContent);
             const ns = rows.find(row => name(row) === what)?.ns;
             if (ns === undefined) {
               if (told !== '–') return `${what}: ${told}`;
               continue;
             }
             const [value, unit] = told.split(/\\s/);
             const shown = value * { ns: 1, 'µs': 1e3, ms: 1e6 }[unit];
             if (!(Math.abs(shown / ns - 1) < .006))
               return `${what}: ${told} for ${ns}`;
           }
         }",
    )
}

fn points(reader: &Reader) -> Result {
    at_each_count(
        &open(reader)?,
        "(root, rows, here) => {
           const dots = root.querySelectorAll('.sc-plot .sc-dot').length;
           const now = root.querySelectorAll('.sc-plot .now').length;
           if (dots !== here.length || now !== rows.length)
             return `${dots} of ${here.length}, ${now} of ${rows.length}`;
         }",
    )
}

/// The nearest count is read where the pointer is.
fn by_pointer(reader: &Reader) -> Result {
    let window = open(reader)?;
    let range = part("sp-range");
    // The first path of a curve is its line, and the others are its points.
    for at in 0..3 {
        let point =
            format!("{WIDGET} .sc-line.s1 path:nth-of-type({})", at + 2);
        window.click(&point)?;
        window.expect(&format!("+{range}.value === {at}"))?;
    }
    window.expect(&format!(
        "{}.textContent.startsWith('Beside ')",
        part("sp-say")
    ))
}

fn by_keyboard(reader: &Reader) -> Result {
    let window = open(reader)?;
    let address = window.evaluate("location.href")?;
    let range = part("sp-range");
    window.evaluate(&format!("{range}.focus()"))?;
    window.expect(&format!("{range}.value === {range}.max"))?;

    window.key("Home")?;
    window.expect(&format!("+{range}.value === 0"))?;
    window.key("ArrowRight")?;
    window.expect(&format!("+{range}.value === 1"))?;
    window.expect(&format!(
        "/poll [\\d.]+ [nµm]s/.test({range}.ariaValueText)"
    ))?;
    window.key("Tab")?;
    window.key("Enter")?;
    window.expect(&format!("+{range}.value === 2"))?;
    window.key("ArrowLeft")?;
    window.key("s")?;
    window.key("?")?;
    window.expect(&format!("+{range}.value === 1"))?;
    window.key("Tab")?;
    window.expect("document.activeElement.matches('.sc-load')")?;

    window.expect(&format!("location.href === {address}"))
}

fn own(reader: &Reader) -> Result {
    let window = open(reader)?;
    let before = window.evaluate(&format!("{}.innerHTML", part("sc-plot")))?;
    let mine = figures(&window, 4242)?.to_string();

    load(reader, &window, "mine.json", &mine)?;
    says(&window, WIDGET, ".ok", "mine.json is drawn in dashes: 7 CPUs")?;
    let shown = "document.querySelectorAll('sb-scaling-plot .mine .sc-dot')";
    window.expect(&format!("{shown}.length === 4"))?;
    let range = part("sp-range");
    window.evaluate(&format!("{range}.value = 0; {range}.oninput()"))?;
    window.expect(&format!(
        "{}.innerText.split('4.24 µs').length === 5",
        part("sc-table")
    ))?;
    // Beside them are the recorded ones, as they were.
    at_each_count(
        &window,
        "(root, rows, here) =>
           root.querySelectorAll('.sc-line:not(.mine) .sc-dot').length
             !== here.length && 'the recorded ones are gone'",
    )?;

    window.click(&format!("{WIDGET} .sc-drop"))?;
    window.expect(&format!("{shown}.length === 0"))?;
    window.evaluate(&format!(
        "document.querySelector('{WIDGET} [type=radio]').click();
         {range}.value = {range}.max; {range}.oninput()"
    ))?;
    window.expect(&format!("{}.innerHTML === {before}", part("sc-plot")))
}

fn wrong(reader: &Reader) -> Result {
    let window = open(reader)?;
    let mine = figures(&window, 4242)?;
    let row = |name: &str, value: Value| {
        let mut changed = mine.clone();
        changed["rows"][2][name] = value;
        changed.to_string()
    };
    let huge = format!("[{}1]", "1,".repeat(600_000));
    let files = [
        ("text.json", "no figures", "is not JSON"),
        ("empty.json", "", "is not JSON"),
        ("list.json", "[1, 2]", "has no rows"),
        ("null.json", "null", "has no rows"),
        ("none.json", r#"{"rows":[]}"#, "has no figures of select"),
        ("zero.json", &row("ns", json!(0)), "has a row 3 without"),
        ("word.json", &row("ns", json!("12")), "has a row 3 without"),
        ("nobody.json", &row("with", json!(null)), "has a row 3 without"),
        ("negative.json", &row("idle", json!(-1)), "has a row 3 without"),
        ("huge.json", &huge, "is larger than 1 MB"),
    ];
    let plot = format!("{}.innerHTML", part("sc-plot"));
    for kept in ["The plot is as it was", "Your figures from before are kept"] {
        let before = window.evaluate(&plot)?;
        for (name, text, why) in files {
            load(reader, &window, name, text)?;
            says(&window, WIDGET, ".no", &format!("{name} {why}"))?;
            says(&window, WIDGET, ".no", kept)?;
            window.expect(&format!("{plot} === {before}"))?;
        }
        load(reader, &window, "mine.json", &mine.to_string())?;
    }
    // A name may hold anything: it is text.
    load(reader, &window, "<b>x<b>.json", "?")?;
    says(&window, WIDGET, ".no", "<b>x<b>.json is not JSON")?;
    match window.complaints().as_slice() {
        [] => Ok(()),
        complaints => Err(complaints.join("\n")),
    }
}

fn fits_a_phone(reader: &Reader) -> Result {
    let window = reader.window()?;
    window.width(WIDTHS[1])?;
    window.open(&reader.url(&reader.page_about(PAGE)?))?;
    stepper::runs_fit(&window, WIDGET)?;
    let mine = figures(&window, 4242)?.to_string();
    load(reader, &window, "a-rather-long-name-of-a-file.json", &mine)?;
    stepper::runs_fit(&window, WIDGET)?;

    // The plot takes the width that there is.
    let wide = format!("{}.querySelector('svg').clientWidth", part("sc-plot"));
    let phone = window.evaluate(&wide)?;
    window.width(WIDTHS[0])?;
    window.wait_until(&format!("{wide} > 1.5 * {phone}"))?;
    pick(&window, WIDGET, "the first one is ready")
}

fn without_javascript(reader: &Reader) -> Result {
    super::without_javascript(reader, PAGE, WIDGET)
}

fn on_paper(reader: &Reader) -> Result {
    super::on_paper(reader, PAGE, WIDGET)
}
