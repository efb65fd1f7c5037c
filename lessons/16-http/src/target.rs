//! A target in its parts, and what its percent signs stand for.
//!
//! ```text
//! /notes/a%20b.txt?page=2&lang=en
//! └──── path ────┘ └─── query ───┘     RFC 3986, sections 3.3 and 3.4
//! ```
//!
//! `%20` is the byte 0x20. It is decoded once, and after the path was split:
//! who decodes `%252e` twice has made `.` of it, and who decodes `%2f` first
//! has one part more.

use std::borrow::Cow;

/// The path, as it was sent. Of `http://host/path` only the path counts here.
pub fn path(target: &str) -> &str {
    let target = target.split('?').next().unwrap_or(target);
    match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("/", |at| &rest[at..])
        }
        _ => target,
    }
}

/// What follows the first `?`, as it was sent.
pub fn query(target: &str) -> Option<&str> {
    target.split_once('?').map(|(_, query)| query)
}

/// What can't be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecodable {
    /// A percent sign without two hexadecimal digits.
    Percent,
    /// The bytes aren't UTF-8.
    Text,
}

// ANCHOR: decode
/// Replaces `%20` and its like by what they stand for, once.
///
/// # Errors
/// [`Undecodable`].
pub fn decode(text: &str) -> Result<Cow<'_, str>, Undecodable> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| {
            let digit = byte.and_then(|byte| char::from(byte).to_digit(16));
            digit.ok_or(Undecodable::Percent)
        };
        bytes.push(match byte {
            b'%' => {
                let high = digit(rest.next())?;
                (high * 16 + digit(rest.next())?) as u8
            }
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| Undecodable::Text)?;
    Ok(Cow::Owned(text))
}
// ANCHOR_END: decode

/// The other way: a name as a part of a path. What isn't unreserved (RFC 3986,
/// section 2.3) is written by its bytes.
pub fn encode(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            _ => text += &format!("%{byte:02X}"),
        }
    }
    text
}

/// The parameters of a query or of a form: `a=1&b=two+words`. A `+` is a
/// space there: application/x-www-form-urlencoded, by the URL standard.
///
/// # Errors
/// [`Undecodable`].
pub fn parameters(text: &str) -> Result<Vec<(String, String)>, Undecodable> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        decode(&text).map(Cow::into_owned)
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_a_path_and_perhaps_a_query() {
        for (target, due, asked) in [
            ("/", "/", None),
            ("/a/b", "/a/b", None),
            ("/a?b=/c?d", "/a", Some("b=/c?d")),
            ("/a?", "/a", Some("")),
            ("http://host/a?b", "/a", Some("b")),
            ("http://host", "/", None),
            ("/go?to=http://host/a", "/go", Some("to=http://host/a")),
            ("/a://b/c", "/a://b/c", None),
            ("*", "*", None),
        ] {
            assert_eq!(path(target), due, "{target}");
            assert_eq!(query(target), asked, "{target}");
        }
    }

    #[test]
    fn percent_signs_are_decoded_once() {
        assert_eq!(decode("/a%20b%2f").unwrap(), "/a b/");
        assert_eq!(decode("%252e").unwrap(), "%2e");
        assert_eq!(decode("%C3%A4").unwrap(), "ä");
        assert_eq!(decode("a+b").unwrap(), "a+b");
        for bad in ["%", "%2", "%g0", "%+1", "%%20", "a%2"] {
            assert_eq!(decode(bad), Err(Undecodable::Percent), "{bad}");
        }
        assert_eq!(decode("%ff"), Err(Undecodable::Text));
        assert_eq!(decode("%c0%ae"), Err(Undecodable::Text));
    }

    #[test]
    fn a_name_survives_being_encoded() {
        for name in ["a b", "ä", "100%", "a/b", "?#", "x.y-z_~"] {
            assert_eq!(decode(&encode(name)).unwrap(), name);
        }
    }

    #[test]
    fn parameters_are_pairs() {
        let pairs = parameters("a=1&b=two+words&c&d=%26%3D").unwrap();
        let pairs: Vec<_> =
            pairs.iter().map(|(a, b)| (&a[..], &b[..])).collect();
        let due = [("a", "1"), ("b", "two words"), ("c", ""), ("d", "&=")];
        assert_eq!(pairs, due);
        assert_eq!(parameters("a=%"), Err(Undecodable::Percent));
    }
}
