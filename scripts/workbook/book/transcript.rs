//! `{{#transcript lesson-tcp half-close}}`: what a demo printed, from the
//! snapshot that the lesson's test holds it to.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Shelf, html, ladder, listing};

/// The lines that a page shows at once. Where there are more, they scroll.
const LONG: usize = 60;

/// A demo's transcript: its command, and the lines that it printed.
pub fn transcript(shelf: &Shelf, package: &str, demo: &str) -> Result<String> {
    let text = snapshot(shelf, package, demo)?;
    let (first, output) = text.split_once('\n').unwrap_or((&text, ""));
    let Some(command) = first.strip_prefix("$ ") else {
        bail!("the snapshot of `{demo}` does not begin with `$ COMMAND`");
    };
    let output = output.trim_end();
    let length = if output.lines().count() > LONG { " sb-long" } else { "" };
    Ok(format!(
        "<figure class=\"sb-run{length}\"><figcaption>{}</figcaption>\
         <pre><code class=\"nohighlight\">{}</code></pre></figure>",
        html::command(command),
        ladder::marked(output).unwrap_or_else(|| marked(output))
    ))
}

/// The body of the snapshot `NAME.snap` of a lesson, insta's header apart.
pub fn snapshot(shelf: &Shelf, package: &str, name: &str) -> Result<String> {
    let folder = shelf.crate_folder(package)?.join("tests/snapshots");
    let path = folder.join(format!("{name}.snap"));
    if !path.exists() {
        bail!(
            "no snapshot {}; there are: {}. To record it: \
             INSTA_UPDATE=always cargo test -p {package}",
            shelf.told(&path),
            listing::names(names(&folder))
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

/// The snapshots in a folder, without `.snap`.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder);
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
    let column = call_column(output);
    let mut others: Vec<&str> = Vec::new();
    let lines = output.lines().map(|line| match parts(line) {
        Some(parts) if Some(parts.column) == column => {
            parts.html(role(parts.speaker, &mut others))
        }
        _ => html::escape(line),
    });
    lines.collect::<Vec<_>>().join("&#10;")
}

/// The class that colours a speaker: one for each side, the same in all
/// transcripts, and two by turns for others.
fn role<'a>(speaker: &'a str, others: &mut Vec<&'a str>) -> &'static str {
    match speaker {
        "client" | "sender" => return "sb-client",
        "server" | "receiver" => return "sb-server",
        _ => {}
    }
    if !others.contains(&speaker) {
        others.push(speaker);
    }
    match others.iter().position(|other| *other == speaker) {
        Some(1 | 3) => "sb-another",
        _ => "sb-other",
    }
}

/// How many lines share a column if they are the narrator's. In one alone two
/// words of a table or a sentence may stand like a speaker and a call.
const ENOUGH: usize = 2;

/// The narrator puts no call further to the left: it has seven characters
/// for who speaks.
const LEFTMOST: usize = 8;

/// The column in which the calls begin: the one that most lines share.
fn call_column(output: &str) -> Option<usize> {
    let columns = output.lines().filter_map(parts).map(|p| p.column);
    let mut columns: Vec<_> = columns.filter(|&c| c >= LEFTMOST).collect();
    columns.sort();
    columns
        .chunk_by(|a, b| a == b)
        .max_by_key(|same| same.len())
        .filter(|same| same.len() >= ENOUGH)
        .map(|same| same[0])
}

/// A line as the narrator writes it: who speaks, which call, what came of
/// it.
#[derive(Debug, PartialEq)]
struct Parts<'a> {
    speaker: &'a str,
    gap: &'a str,
    call: &'a str,
    what: &'a str,
    column: usize,
}

fn parts(line: &str) -> Option<Parts<'_>> {
    let word = |text: &str| {
        let first = text.chars().next().is_some_and(char::is_alphabetic);
        let of = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        first && text.chars().all(of)
    };
    let name = line.find(' ')?;
    // Of several of one kind each may have a letter: "peer a".
    let letter = matches!(
        line.as_bytes().get(name + 1..name + 3),
        Some([letter, b' ']) if letter.is_ascii_lowercase()
    );
    let (speaker, rest) = line.split_at(name + 2 * usize::from(letter));
    let column = line.len() - rest.trim_start().len();
    let (gap, rest) = rest.split_at(column - speaker.len());
    let (call, what) = rest.split_at(rest.find(' ')?);
    (word(&line[..name]) && word(call)).then_some(Parts {
        speaker,
        gap,
        call,
        what,
        column,
    })
}

impl Parts<'_> {
    /// The line with the class of its speaker's role.
    fn html(&self, role: &str) -> String {
        format!(
            "<b class=\"{role}\">{}</b>{}<b>{}</b>{}",
            self.speaker,
            self.gap,
            self.call,
            html::escape(self.what)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_narrator_has_a_speaker_and_a_call() {
        let parts = parts("client  send       \"to be\"").unwrap();

        assert_eq!((parts.speaker, parts.call), ("client", "send"));
        assert_eq!(parts.column, 8);
    }

    #[test]
    fn a_speaker_may_have_a_letter() {
        let parts = parts("peer b  send       \"to be\"").unwrap();

        assert_eq!((parts.speaker, parts.call), ("peer b", "send"));
        assert_eq!(parts.column, 8);
    }

    #[test]
    fn a_sentence_between_such_lines_is_left_as_it_is() {
        let output = "client  send       5 bytes\nserver  recv       5 bytes\n\
                      one send, one receive\n        far in";

        let html = marked(output);

        assert!(
            html.ends_with("&#10;one send, one receive&#10;        far in")
        );
        assert!(
            html.contains("<b class=\"sb-server\">server</b>  <b>recv</b>")
        );
    }

    #[test]
    fn a_table_of_words_has_no_speakers() {
        let output = "the call      asked and answered\nmysql     3306\n\
                      HTTPS         no line has it";

        assert_eq!(marked(output), output.replace('\n', "&#10;"));
    }

    #[test]
    fn sentences_that_begin_alike_have_no_speakers() {
        let output = "the peer has closed      IN HUP\n\
                      the same                 HUP";

        assert_eq!(marked(output), output.replace('\n', "&#10;"));
    }

    #[test]
    fn a_transcript_scrolls_if_it_is_longer_than_a_page_shows() {
        for (lines, scrolls) in [(LONG, false), (LONG + 1, true)] {
            let (folder, shelf) = crate::book::directives::tests::shelf();
            let snapshots =
                folder.path().join("lessons/04-tcp/tests/snapshots");
            let text = format!("---\n---\n$ x\n{}", "line\n".repeat(lines));
            fs::write(snapshots.join("long.snap"), text).unwrap();

            let html = transcript(&shelf, "lesson-tcp", "long").unwrap();

            assert_eq!(html.contains("sb-long"), scrolls, "{lines} lines");
        }
    }

    #[test]
    fn marking_changes_no_word() {
        let output = "client  send       \"<a>\"\nplain";

        let plain = marked(output).replace("&#10;", "\n");
        let plain = plain
            .replace("<b class=\"sb-client\">", "")
            .replace("<b>", "")
            .replace("</b>", "")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">");

        assert_eq!(plain, output);
    }
}
