//! The lines of a chapter that the preprocessor replaces.
//!
//! ```text
//! {{#transcript lesson-tcp half-close}}          a snapshot
//! {{#listing lesson-tcp src/echo.rs server}}     code, or one part of it
//! {{#refusal lesson-tcp no_send_after_close}}    what must not compile
//! {{#widget stream-versus-message lesson-framing glued split}}
//! {{#exercise lesson-tcp echo_server}}           a card
//! ```
//!
//! Each stands alone on its line. Two kinds of fenced blocks are replaced
//! too: `quiz` and `predict`. Whatever is wrong is told with its file and
//! line and what to do; nothing is left out in silence.

use anyhow::{Result, anyhow, bail};

use super::{Page, Shelf, cards, listing, refusal, transcript, widgets};

/// Replaces all directives of a page. What is wrong with any of them goes to
/// `wrong`, and stands in the page in its place.
pub fn expand(
    shelf: &Shelf,
    page: &Page,
    text: &str,
    wrong: &mut Vec<String>,
) -> String {
    let mut expander = Expander { shelf, page, wrong, out: String::new() };
    expander.lines(text, 1);
    expander.out
}

struct Expander<'a> {
    shelf: &'a Shelf,
    page: &'a Page,
    wrong: &'a mut Vec<String>,
    out: String,
}

impl Expander<'_> {
    /// `first` is the number of the text's first line in its file.
    fn lines(&mut self, text: &str, first: usize) {
        let mut lines = (first..).zip(text.lines());
        while let Some((number, line)) = lines.next() {
            if let Some(fence) = Fence::opened_by(line) {
                let body: Vec<_> = lines
                    .by_ref()
                    .map(|(_, line)| line)
                    .take_while(|line| !fence.is_closed_by(line))
                    .collect();
                self.block(line, fence, &body, number);
            } else if has_directive(line) {
                let html = directive(self.shelf, self.page, line);
                self.put(html, line.trim(), number);
            } else {
                self.out += line;
                self.out.push('\n');
            }
        }
    }

    fn block(
        &mut self,
        open: &str,
        fence: Fence<'_>,
        body: &[&str],
        at: usize,
    ) {
        match fence.info {
            "quiz" => self.put(cards::quiz(body), "quiz", at),
            "predict" => self.predict(body, at),
            info => {
                let close = fence.mark.to_string().repeat(fence.length);
                let body = body.join("\n");
                // Its lines must meet from row to row.
                let drawn = info == "text" && body.contains(['│', '─']);
                let class = if drawn { ",sb-drawing" } else { "" };
                self.out += &format!("{open}{class}\n{body}\n{close}\n");
            }
        }
    }

    /// The question and the answer may hold directives of their own.
    fn predict(&mut self, body: &[&str], at: usize) {
        let Some(split) = body.iter().position(|line| *line == "---") else {
            let html = Err(anyhow!(
                "no answer; put a line `---` between question and answer"
            ));
            return self.put(html, "predict", at);
        };
        self.out += cards::PREDICT_QUESTION;
        self.lines(&body[..split].join("\n"), at + 1);
        self.out += cards::PREDICT_ANSWER;
        self.lines(&body[split + 1..].join("\n"), at + split + 2);
        self.out += cards::PREDICT_END;
    }

    fn put(&mut self, html: Result<String>, what: &str, at: usize) {
        match html {
            Ok(html) => self.out += &format!("\n{html}\n\n"),
            Err(trouble) => {
                let file = self.page.path.display();
                let told = format!("book/src/{file}:{at}: {what}: {trouble:#}");
                self.out += &format!("\n> [!CAUTION]\n> `{told}`\n\n");
                self.wrong.push(told);
            }
        }
    }
}

/// The opening line of a fenced block.
struct Fence<'a> {
    mark: char,
    length: usize,
    info: &'a str,
}

impl Fence<'_> {
    fn opened_by(line: &str) -> Option<Fence<'_>> {
        let text = line.trim_start();
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = text.chars().take_while(|c| *c == mark).count();
        let info = text[length..].trim();
        // An inline code span may begin a line, too.
        (length >= 3 && !info.contains('`')).then_some(Fence {
            mark,
            length,
            info,
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.chars().all(|c| c == self.mark)
    }
}

/// Whether a directive stands anywhere on a line, code spans apart.
fn has_directive(line: &str) -> bool {
    line.split('`').step_by(2).any(|prose| prose.contains("{{#"))
}

fn directive(shelf: &Shelf, page: &Page, line: &str) -> Result<String> {
    let inner = line
        .trim()
        .strip_prefix("{{#")
        .and_then(|rest| rest.strip_suffix("}}"))
        .ok_or_else(|| anyhow!("a directive stands alone on its line"))?;
    let words: Vec<_> = inner.split_whitespace().collect();
    match words[..] {
        ["transcript", package, demo] => {
            transcript::transcript(shelf, package, demo)
        }
        ["listing", package, file] => {
            listing::listing(shelf, page, package, file, None)
        }
        ["listing", package, file, anchor] => {
            listing::listing(shelf, page, package, file, Some(anchor))
        }
        ["refusal", package, name] => {
            refusal::refusal(shelf, page, package, name)
        }
        ["widget", name, package, ref demos @ ..] if !demos.is_empty() => {
            widgets::widget(shelf, name, package, demos)
        }
        ["exercise", package, name] => cards::exercise(shelf, package, name),
        _ => bail!(
            "not a directive; there are `transcript LESSON DEMO`, \
             `listing LESSON FILE [ANCHOR]`, `refusal LESSON PROMISE`, \
             `widget NAME LESSON DEMO…` and `exercise LESSON NAME`"
        ),
    }
}

#[cfg(test)]
pub mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    /// A small workspace in a folder of its own: one lesson, one demo.
    pub fn shelf() -> (tempfile::TempDir, Shelf) {
        let folder = tempfile::tempdir().unwrap();
        let lesson = folder.path().join("lessons/04-tcp");
        let files = [
            ("Cargo.toml", "[package]\nname = \"lesson-tcp\"\n"),
            (
                "src/main.rs",
                "fn main() {\n    // ANCHOR: one\n    one();\n    \
                 // ANCHOR_END: one\n}\n",
            ),
            ("promises/no.rs", "//! No.\n\nfn main() { 1 + \"\" }\n"),
            (
                "promises/no.stderr",
                "error[E0277]: cannot add\n --> $WORKSPACE/lessons/04-tcp/\
                 promises/no.rs\n",
            ),
            (
                "tests/snapshots/echo.snap",
                "---\nsource: x\n---\n$ cargo run -p lesson-tcp\nclient  \
                 recv       \"a---b\"\n",
            ),
            (
                "tests/snapshots/glued.json.snap",
                "---\nsource: x\n---\n{\"demo\": \"glued\", \"title\": \"A\"}",
            ),
        ];
        for (name, text) in files {
            let path = lesson.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let root = folder.path().to_path_buf();
        let shelf = Shelf::new(&root).unwrap();
        (folder, shelf)
    }

    pub fn page() -> Page {
        Page { path: PathBuf::from("part/04-tcp.md") }
    }

    /// What is wrong with a page of this text.
    fn wrong(text: &str) -> String {
        let (_folder, shelf) = shelf();
        let mut wrong = Vec::new();
        expand(&shelf, &page(), text, &mut wrong);
        wrong.join("\n")
    }

    /// The page of this text, with nothing wrong in it.
    fn right(text: &str) -> String {
        let (_folder, shelf) = shelf();
        let mut wrong = Vec::new();
        let html = expand(&shelf, &page(), text, &mut wrong);
        assert_eq!(wrong, [""; 0]);
        html
    }

    #[test]
    fn a_missing_snapshot_is_told_with_its_line_and_what_to_do() {
        let told = wrong("# TCP\n\n{{#transcript lesson-tcp ehco}}\n");

        assert!(told.starts_with("book/src/part/04-tcp.md:3: "), "{told}");
        assert!(told.contains("tests/snapshots/ehco.snap"), "{told}");
        assert!(told.contains("there are: echo"), "{told}");
        assert!(told.contains("cargo test -p lesson-tcp"), "{told}");
    }

    #[test]
    fn an_unknown_lesson_gets_the_nearest_names() {
        let told = wrong("{{#transcript lesson-tpc echo}}");

        assert!(told.contains("lesson-tpc"), "{told}");
    }

    #[test]
    fn a_missing_file_or_anchor_is_told() {
        let file = wrong("{{#listing lesson-tcp src/ehco.rs}}");
        let anchor = wrong("{{#listing lesson-tcp src/main.rs two}}");

        assert!(file.contains("lessons/04-tcp/src/ehco.rs"), "{file}");
        assert!(anchor.contains("no `// ANCHOR: two`"), "{anchor}");
        assert!(anchor.contains("there are: one"), "{anchor}");
    }

    #[test]
    fn an_unknown_directive_exercise_or_widget_is_told() {
        assert!(wrong("{{#transcirpt a b}}").contains("not a directive"));
        assert!(wrong("{{#widget x lesson-tcp glued}}").contains("no widget"));
        let exercise = wrong("{{#exercise lesson-tcp echo_server}}");
        assert!(exercise.contains("echo_server"), "{exercise}");
    }

    #[test]
    fn a_directive_beside_other_text_is_refused() {
        let told = wrong("See {{#transcript lesson-tcp echo}}.");

        assert!(told.contains("alone on its line"), "{told}");
    }

    #[test]
    fn a_directive_in_code_is_text() {
        let text = "`{{#transcript a b}}`\n\n```text\n{{#x}}\n```\n";

        assert_eq!(right(text), text);
    }

    #[test]
    fn a_drawing_is_told_apart_from_other_text() {
        let drawing = right("```text\n┌─┐\n│a│\n```\n");

        assert_eq!(drawing, "```text,sb-drawing\n┌─┐\n│a│\n```\n");
    }

    #[test]
    fn a_snapshot_loses_its_header_and_nothing_else() {
        let html = right("{{#transcript lesson-tcp echo}}");

        assert!(!html.contains("source: x"), "{html}");
        assert!(html.contains(">cargo run <span>-p</span> lesson"), "{html}");
        assert!(html.contains("a---b"), "{html}");
    }

    #[test]
    fn a_listing_shows_the_part_between_its_anchors_unindented() {
        let html = right("{{#listing lesson-tcp src/main.rs one}}");

        assert!(html.contains("\none();\n"), "{html}");
        assert!(!html.contains("ANCHOR"), "{html}");
        let link = "../appendix/sources/lesson-tcp.html#src-main-rs";
        assert!(html.contains(link), "{html}");
    }

    #[test]
    fn a_whole_listing_shows_no_anchors() {
        let html = right("{{#listing lesson-tcp src/main.rs}}");

        assert!(html.contains("fn main() {\n    one();\n}\n"), "{html}");
    }

    #[test]
    fn a_refusal_shows_the_program_and_the_compilers_words() {
        let html = right("{{#refusal lesson-tcp no}}");

        assert!(html.contains("fn main() { 1 + \"\" }"), "{html}");
        assert!(html.contains("error[E0277]: cannot add\n --> lessons/04"));
        let link = "../appendix/sources/lesson-tcp.html#promises-no-rs";
        assert!(html.contains(link), "{html}");
    }

    #[test]
    fn a_missing_refusal_is_told_with_what_to_do() {
        let told = wrong("{{#refusal lesson-tcp on}}");

        assert!(told.contains("lessons/04-tcp/promises/on.stderr"), "{told}");
        assert!(told.contains("there are: no."), "{told}");
        assert!(told.contains("TRYBUILD=overwrite"), "{told}");
    }

    #[test]
    fn a_quiz_needs_one_right_option_and_every_explanation() {
        let quiz = |body: &str| wrong(&format!("```quiz\n{body}\n```"));

        assert!(quiz("Q?\n\n- [x] a\n  yes").contains("two options"));
        let two = "Q?\n\n- [x] a\n  yes\n- [x] b\n  yes";
        assert!(quiz(two).contains("exactly one"));
        let unexplained = "Q?\n\n- [x] a\n- [ ] b\n  no";
        assert!(quiz(unexplained).contains("explanation"));
        assert!(quiz("- [x] a\n  yes\n- [ ] b\n  no").contains("question"));
    }

    #[test]
    fn a_prediction_needs_an_answer() {
        let told = wrong("text\n\n```predict\nWhat?\n```\n");

        assert!(told.contains(":3: predict: no answer"), "{told}");
    }

    #[test]
    fn a_directive_inside_an_answer_is_replaced_and_counted() {
        let told = wrong(
            "```predict\nWhat?\n---\n{{#transcript lesson-tcp no}}\n```\n",
        );

        assert!(told.contains("04-tcp.md:4: "), "{told}");
    }

    #[test]
    fn a_page_in_a_folder_leads_back_to_the_root() {
        let deep = Page { path: Path::new("a/b/c.md").into() };

        assert_eq!(deep.to_root(), "../../");
    }
}
