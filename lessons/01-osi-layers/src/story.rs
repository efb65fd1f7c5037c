//! How these demos lay out bytes and long lines.

/// How wide a transcript may be, so that it fits the book.
const WIDTH: usize = 80;

/// Joins `items` by dots into lines of at most 80 columns. The first begins
/// with `first`, the others are indented by as much.
pub fn wrapped(first: &str, items: impl Iterator<Item = String>) -> String {
    let indent = first.chars().count();
    let mut text = first.to_string();
    let mut column = indent;
    for item in items {
        let width = item.chars().count();
        // The first item of a line has no dot before it.
        if column > indent && column + 3 + width > WIDTH {
            text += &format!("\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            text += " · ";
            column += 3;
        }
        text += &item;
        column += width;
    }
    text
}

/// Bytes in hexadecimal, sixteen in a line, each line with the offset of its
/// first byte, and `name` behind the first.
pub fn dump(offset: usize, bytes: &[u8], name: &str) -> Vec<String> {
    let lines = bytes.chunks(16).zip(0..);
    lines
        .map(|(chunk, index)| {
            let hex: Vec<_> =
                chunk.iter().map(|byte| format!("{byte:02x}")).collect();
            let at = offset + index * 16;
            let name = if index == 0 { name } else { "" };
            let line = format!("{at:04x}  {:<47}  {name}", hex.join(" "));
            line.trim_end().to_string()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_wrapped_between_items_and_indented() {
        let items = ["a".repeat(40), "b".repeat(31), "c".repeat(50)];

        let text = wrapped("head  ", items.clone().into_iter());

        let [a, b, c] = items;
        assert_eq!(text, format!("head  {a} · {b}\n      {c}"));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn an_item_wider_than_a_line_has_a_line_of_its_own() {
        let items = ["y".repeat(100), "x".to_string(), "y".repeat(100)];

        let text = wrapped("", items.clone().into_iter());

        assert_eq!(text, items.join("\n"));
    }

    #[test]
    fn a_dump_has_sixteen_bytes_in_a_line_and_the_name_once() {
        let lines = dump(14, &[0xab; 18], "IPv4");

        let full = ["ab"; 16].join(" ");
        assert_eq!(
            lines,
            [format!("000e  {full}  IPv4"), "001e  ab ab".to_string()]
        );
    }
}
