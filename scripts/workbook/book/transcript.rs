//! `{{#transcript lesson-tcp half-close}}`: what a demo printed, from the
//! snapshot that the lesson's test holds it to.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{Shelf, html, listing};
use crate::course::Lesson;

/// A demo's transcript: its command, and the lines that it printed.
pub fn transcript(shelf: &Shelf, package: &str, demo: &str) -> Result<String> {
    let text = snapshot(shelf, package, demo)?;
    let (first, output) = text.split_once('\n').unwrap_or((&text, ""));
    let Some(command) = first.strip_prefix("$ ") else {
        bail!("the snapshot of `{demo}` does not begin with `$ COMMAND`");
    };
    Ok(format!(
        "<figure class=\"sb-run\"><figcaption>{}</figcaption>\
         <pre><code class=\"nohighlight\">{}</code></pre></figure>",
        html::command(command),
        marked(output.trim_end())
    ))
}

/// The body of the snapshot `NAME.snap` of a lesson, insta's header apart.
pub fn snapshot(shelf: &Shelf, package: &str, name: &str) -> Result<String> {
    let lesson = shelf.course.lesson(package)?;
    let folder = lesson.folder.join("tests/snapshots");
    let path = folder.join(format!("{name}.snap"));
    if !path.exists() {
        bail!(
            "no snapshot {}; there are: {}. To record it: \
             INSTA_UPDATE=always cargo test -p {package} --test transcripts",
            shelf.told(&path),
            listing::names(names(lesson))
        );
    }
    let text = fs::read_to_string(&path)
        .with_context(|| format!("can't read {}", shelf.told(&path)))?;
    let mut parts = text.splitn(3, "---\n");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(""), Some(_), Some(body)) => Ok(body.to_string()),
        _ => bail!("{} is not a snapshot of insta's", shelf.told(&path)),
    }
}

/// The snapshots that a lesson has, without `.snap`.
fn names(lesson: &Lesson) -> Vec<String> {
    let entries = fs::read_dir(lesson.folder.join("tests/snapshots"));
    let paths = entries.into_iter().flatten().flatten().map(|e| e.path());
    let mut names: Vec<_> = paths
        .filter(|path: &PathBuf| path.extension().is_some_and(|e| e == "snap"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_string()))
        .collect();
    names.sort();
    names
}

/// Output with the speaker and the call of each line marked, so that the
/// page can set them apart.
fn marked(output: &str) -> String {
    let mut speakers: Vec<&str> = Vec::new();
    let lines = output.lines().map(|line| match parts(line) {
        None => html::escape(line),
        Some((speaker, call, rest)) => {
            let known = speakers.iter().position(|s| *s == speaker);
            let index = known.unwrap_or_else(|| {
                speakers.push(speaker);
                speakers.len() - 1
            });
            let speaks = &line[..speaker.len()];
            let between = &line[speaker.len()..line.len() - rest.len()];
            format!(
                "<b class=\"sb-who{}\">{}</b>{}{}",
                index % 3,
                html::escape(speaks),
                between
                    .replace(call, &format!("<b>{}</b>", html::escape(call))),
                html::escape(rest)
            )
        }
    });
    lines.collect::<Vec<_>>().join("&#10;")
}

/// A line of the narrator's: the speaker in 7 columns or more, a space, the
/// call in 10 columns or more, a space, and what came of it.
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let (speaker, rest) = line.split_once(' ')?;
    let name = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let start = speaker.len().max(7) + 1;
    let call = line.get(start..)?;
    let gap = line.get(speaker.len()..start)?;
    let length = call.find(' ').unwrap_or(call.len());
    let (call, what) = call.split_at(length);
    let padded = call.len() >= 10 || what.len() >= 11 - call.len();
    let fits = gap.trim().is_empty() && padded && !rest.is_empty();
    (fits && name(speaker) && !call.is_empty()).then_some((speaker, call, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_narrator_has_a_speaker_and_a_call() {
        let line = "client  send       \"to be\"";

        assert_eq!(parts(line), Some(("client", "send", "       \"to be\"")));
        assert!(parts("receiver recv       5 bytes").is_some());
    }

    #[test]
    fn other_lines_are_left_as_they_are() {
        assert_eq!(parts("two sends, one receive"), None);
        assert_eq!(parts(""), None);
        assert_eq!(parts("        indented   line"), None);
    }

    #[test]
    fn marking_changes_no_word() {
        let output = "client  send       \"<a>\"\nplain";

        let plain = marked(output).replace("&#10;", "\n");
        let plain = plain
            .replace("<b class=\"sb-who0\">", "")
            .replace("<b>", "")
            .replace("</b>", "")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">");

        assert_eq!(plain, output);
    }
}
