//! A plot of `scaling`'s times, as SVG: both axes logarithmic, so that ten
//! times as much is one step further, on either.

use std::fmt::Write;

use crate::scaling::Line;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 440.0;
/// The frame: left, top, right, bottom.
const FRAME: [f64; 4] = [70.0, 50.0, 640.0, 390.0];
/// The decades that it shows: idle descriptors, and nanoseconds.
const IDLE: [i32; 2] = [1, 4];
const NS: [i32; 2] = [2, 7];
/// Colours that can be told apart with any eyes (Okabe and Ito).
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

/// The whole picture. Broken lines: the first is ready; whole ones: the last.
pub fn svg(lines: &[Line]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} \
         {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"20\" y=\"25\">What a wait costs that tells of one \
         descriptor (broken: the first is ready; whole: the last)</text>\n"
    );
    grid(&mut text);
    for line in lines {
        let known = names.iter().position(|name| *name == line.name);
        let number = known.unwrap_or_else(|| {
            names.push(&line.name);
            names.len() - 1
        });
        curve(&mut text, line, COLOURS[number % COLOURS.len()]);
    }
    legend(&mut text, &names);
    text + "</svg>\n"
}

/// Where a value lies, between the two ends of an axis.
fn place(value: f64, decades: [i32; 2], from: f64, to: f64) -> f64 {
    let [low, high] = decades.map(f64::from);
    let part = (value.max(1.0).log10() - low) / (high - low);
    from + part.clamp(0.0, 1.0) * (to - from)
}

fn x(idle: f64) -> f64 {
    place(idle, IDLE, FRAME[0], FRAME[2])
}

fn y(ns: f64) -> f64 {
    place(ns, NS, FRAME[3], FRAME[1])
}

fn grid(text: &mut String) {
    let [left, top, right, bottom] = FRAME;
    for decade in IDLE[0]..=IDLE[1] {
        let (idle, below) = (10_f64.powi(decade), bottom + 18.0);
        let x = x(idle);
        rule(text, [x, top, x, bottom]);
        label(text, [x, below], "middle", &idle.to_string());
    }
    let middle = [(left + right) / 2.0, bottom + 38.0];
    label(text, middle, "middle", "idle descriptors");
    for decade in NS[0]..=NS[1] {
        let ns = 10_f64.powi(decade);
        let y = y(ns);
        rule(text, [left, y, right, y]);
        let time = format!("{} µs", ns / 1000.0);
        label(text, [left - 8.0, y + 4.0], "end", &time);
    }
}

fn rule(text: &mut String, [x1, y1, x2, y2]: [f64; 4]) {
    add(
        text,
        format_args!(
            "<path stroke=\"#ccc\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>"
        ),
    );
}

fn label(text: &mut String, [x, y]: [f64; 2], anchor: &str, words: &str) {
    add(
        text,
        format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">\
             {words}</text>"
        ),
    );
}

fn curve(text: &mut String, line: &Line, colour: &str) {
    let points: Vec<String> = line
        .times
        .iter()
        .map(|(idle, ns)| {
            format!("{:.1} {:.1}", x(*idle as f64), y(*ns as f64))
        })
        .collect();
    let broken = match line.place {
        "first" => " stroke-dasharray=\"6 5\"",
        _ => "",
    };
    let path = points.join("L");
    add(
        text,
        format_args!(
            "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"\
             {broken} d=\"M{path}\"/>"
        ),
    );
}

fn legend(text: &mut String, names: &[&str]) {
    let left = FRAME[2] + 18.0;
    for (name, (colour, row)) in names.iter().zip(COLOURS.iter().zip(0..)) {
        let y = FRAME[1] + 20.0 + f64::from(row) * 22.0;
        add(
            text,
            format_args!(
                "<rect x=\"{left}\" y=\"{}\" width=\"10\" height=\"10\" \
                 fill=\"{colour}\"/>",
                y - 10.0
            ),
        );
        label(text, [left + 16.0, y], "start", name);
    }
}

/// Writing to a string can't fail.
fn add(text: &mut String, element: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{element}");
}
