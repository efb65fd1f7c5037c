//! A folder as a page, in pieces: nobody counts its bytes beforehand.

use std::fmt::Write;

use lesson_ftp::{Entry, Kind};

use crate::target::encode;
use crate::{Content, Response};

/// How many entries are in a piece.
const PIECE: usize = 100;

/// Names what is in a folder. A name is a client's text for whoever reads it:
/// in a link it is percent-encoded, in the page its `<` is `&lt;`.
pub(crate) fn of(path: &str, entries: Vec<Entry>) -> Response {
    let title = escape(path);
    let head = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n<h1>{title}</h1>\n<ul>\n"
    );
    let pieces: Vec<_> = entries.chunks(PIECE).map(items).collect();
    let pieces = std::iter::once(head)
        .chain(pieces)
        .chain(["</ul>\n</html>\n".to_string()])
        .map(|piece| Ok(piece.into_bytes()));
    Response::new(200)
        .carrying(Content::Pieces(Box::new(pieces)))
        .with("Content-Type", "text/html; charset=utf-8")
}

fn items(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let slash = if entry.kind == Kind::Folder { "/" } else { "" };
        let (link, name) = (encode(&entry.name), escape(&entry.name));
        // A `String` takes everything.
        let _ = writeln!(
            text,
            "<li><a href=\"./{link}{slash}\">{name}{slash}</a></li>"
        );
    }
    text
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
