//! A transcript of two hosts, side by side: what one does stands on the
//! left, what the other does on the right, and between them the wire.
//!
//! ```text
//! alice                           bob
//! connect    10.0.0.2:8888
//! [SYN-SENT]                      [LISTEN]
//! SYN        seq 0              →
//! ```

use super::html;

/// What may stand between the two: an arrow, or a cross where it was lost.
const MARKS: [char; 3] = ['→', '←', '✗'];

/// How long the name of a call or a segment may be.
const NAME: usize = 10;

/// The output with its names, states and losses marked; `None` if it isn't
/// such a transcript.
pub fn marked(output: &str) -> Option<String> {
    let mut lines = output.lines();
    let header: Vec<char> = lines.next()?.chars().collect();
    let left: String = header.iter().take_while(|c| **c != ' ').collect();
    let rest = header.iter().skip(left.len());
    let column = left.len() + rest.take_while(|c| **c == ' ').count();
    let right: String = header.iter().skip(column).collect();
    let gap = column.checked_sub(left.len()).filter(|gap| *gap > 2)?;
    let wire = output.contains(MARKS);
    if right.is_empty() || right.contains(' ') || !wire {
        return None;
    }
    let names = format!(
        "<b class=\"sb-client\">{}</b>{:gap$}<b class=\"sb-server\">{}</b>",
        html::escape(&left),
        "",
        html::escape(&right)
    );
    let lines = lines.map(|text| line(text, column));
    let all: Vec<_> = std::iter::once(names).chain(lines).collect();
    Some(all.join("&#10;"))
}

/// One line, cut where the second host's half begins.
fn line(text: &str, column: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let cut = column.saturating_sub(2);
    match chars.get(cut) {
        Some(mark) if MARKS.contains(mark) => {
            let (left, right) = (&chars[..cut], &chars[cut + 1..]);
            let lost = *mark == '✗';
            let mark = match lost {
                true => "<b class=\"sb-lost\">✗</b>".to_string(),
                false => mark.to_string(),
            };
            // A note says nothing by itself: only the segment has a name.
            match text.contains('←') {
                true => format!(
                    "{}{mark}{}",
                    html::escape(&left.iter().collect::<String>()),
                    half(right, "sb-server")
                ),
                false => format!(
                    "{}{mark}{}",
                    half(left, "sb-client"),
                    html::escape(&right.iter().collect::<String>())
                ),
            }
        }
        // A call of the left host may need more than its half.
        _ if chars.iter().take(column).skip(cut).any(|c| *c != ' ') => {
            half(&chars, "sb-client")
        }
        _ => {
            let (left, right) = chars.split_at(column.min(chars.len()));
            half(left, "sb-client") + &half(right, "sb-server")
        }
    }
}

/// What one host does: the name marked, or the whole if it is a state.
fn half(chars: &[char], role: &str) -> String {
    let text: String = chars.iter().collect();
    let start = text.len() - text.trim_start().len();
    let (space, text) = text.split_at(start);
    if text.starts_with('[') {
        return format!("{space}<span class=\"sb-ends\">{text}</span>");
    }
    // Further in than a name: more of what stands above.
    if text.is_empty() || start > 1 {
        return format!("{space}{}", html::escape(text));
    }
    let end = text.char_indices().nth(NAME).map_or(text.len(), |(i, _)| i);
    let (name, rest) = text.split_at(end);
    let (bold, pad) = name.split_at(name.trim_end().len());
    let (bold, rest) = (html::escape(bold), html::escape(rest));
    format!("{space}<b class=\"{role}\">{bold}</b>{pad}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: &str = "alice           bob\n\
                          connect    done\n\
                          [SYN-SENT]      [LISTEN]\n\
                          SYN        0  →\n           \
                                     MSS\n\
                          a note        ← ACK        1\n\
                          5 bytes    1  ✗ lost\n\
                          recv       more (than)\n                \
                                          close";

    #[test]
    fn names_stand_out_and_notes_do_not() {
        let html = marked(LADDER).unwrap();
        let lines: Vec<_> = html.split("&#10;").collect();

        assert!(lines[1].starts_with("<b class=\"sb-client\">connect</b>"));
        assert!(lines[2].contains("<span class=\"sb-ends\">[LISTEN]</span>"));
        assert_eq!(lines[4], "           MSS");
        assert!(lines[5].starts_with("a note        ← <b"), "{}", lines[5]);
        assert!(lines[6].ends_with("<b class=\"sb-lost\">✗</b> lost"));
        assert!(lines[8].trim().starts_with("<b class=\"sb-server\">close"));
    }

    #[test]
    fn marking_changes_no_word() {
        let mut plain = String::new();
        let mut inside = false;
        for c in marked(LADDER).unwrap().replace("&#10;", "\n").chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => plain.push(c),
                _ => {}
            }
        }

        assert_eq!(plain, LADDER);
    }

    #[test]
    fn a_table_with_two_heads_is_no_ladder() {
        assert_eq!(
            marked("IPv4        inet_aton\n127.1       127.0.0.1"),
            None
        );
    }

    #[test]
    fn the_narrators_lines_are_no_ladder() {
        assert_eq!(marked("client  send       5 bytes"), None);
        assert_eq!(marked(""), None);
    }
}
