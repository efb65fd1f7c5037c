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
pub fn command(command: &str) -> String {
    format!(
        "<span class=\"sb-command\"><code class=\"nohighlight\">{}</code>\
         </span>",
        escape(command)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_stays_on_one_line() {
        assert_eq!(escape("a < b\n\n&"), "a &lt; b&#10;&#10;&amp;");
    }
}
