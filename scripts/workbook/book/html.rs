//! Pieces of HTML inside Markdown.

/// Escapes text for HTML on one line: Markdown ends a block of HTML at an
/// empty line, so a line end is written as a character reference.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A command for the reader's terminal; scripts add a button that copies it.
/// An option is kept whole: browsers break lines behind a hyphen.
pub fn command(command: &str) -> String {
    let words = command.split(' ').map(|word| match word.starts_with('-') {
        true => format!("<span>{}</span>", escape(word)),
        false => escape(word),
    });
    format!(
        "<span class=\"sb-command\"><code class=\"nohighlight\">{}</code>\
         </span>",
        words.collect::<Vec<_>>().join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_stays_on_one_line() {
        assert_eq!(escape("a < b\n\n&"), "a &lt; b&#10;&#10;&amp;");
    }

    #[test]
    fn an_option_is_kept_whole() {
        let html = command("cargo run -- a<b");
        assert!(html.contains(">cargo run <span>--</span> a&lt;b</code>"));
    }
}
