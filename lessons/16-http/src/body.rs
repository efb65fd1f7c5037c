//! Where the body ends.
//!
//! The connection goes on after the body, so both ends must count the same
//! bytes. RFC 9112, section 6.3, for a request:
//!
//! ```text
//! Transfer-Encoding: chunked    chunks, up to the last one
//! Content-Length: 13            13 bytes
//! neither                       no body
//! both, or odd ones             400 or 501, and the connection is closed
//! ```

use crate::{Field, Refusal, Request, Version, Why};

/// How a request's body is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none: the next byte begins the next request.
    None,
    /// It has so many bytes.
    Length(u64),
    /// It comes in chunks: [`ChunkedDecoder`](crate::ChunkedDecoder).
    Chunked,
}

// ANCHOR: body
/// Finds out how the request's body is marked.
///
/// # Errors
/// When there is more than one answer, or none.
pub fn body(request: &Request<'_, '_>) -> Result<Body, Refusal> {
    let named = |name: &'static str| {
        request.fields.iter().filter(move |field| field.is(name))
    };
    let mut lengths = named("content-length");
    let (length, second) = (lengths.next(), lengths.next());
    if let Some(second) = second {
        return Err(Refusal::new(second.at, Why::TwoLengths));
    }
    match (length, named("transfer-encoding").next()) {
        (None, None) => Ok(Body::None),
        (Some(field), None) => Ok(Body::Length(content_length(field)?)),
        (None, Some(first)) if request.version == Version::Http10 => {
            // RFC 9112, section 6.1: its framing is faulty.
            Err(Refusal::new(first.at, Why::OldVersionCoding))
        }
        (None, Some(_)) => chunked(named("transfer-encoding")),
        // "ought to be handled as an error": one reader goes by this field,
        // another by that one.
        (Some(one), Some(other)) => {
            let second = one.at.max(other.at);
            Err(Refusal::new(second, Why::BothLengths))
        }
    }
}

/// Digits and nothing else: RFC 9110, section 8.6. What number parsers take
/// beside them (`+1`, `0x1`, ` 1`, `1_000`) another reader takes for
/// something else.
fn content_length(field: &Field<'_>) -> Result<u64, Refusal> {
    let mut length: u64 = 0;
    for (i, byte) in field.value.iter().enumerate() {
        if !byte.is_ascii_digit() {
            return Err(Refusal::new(field.at + i, Why::Length));
        }
        length = length
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(u64::from(byte - b'0')))
            .ok_or(Refusal::new(field.at + i, Why::BodyTooLong))?;
    }
    match field.value.len() {
        0 => Err(Refusal::new(field.at, Why::Length)),
        _ => Ok(length),
    }
}

/// `chunked` and nothing else. All lines of the field are one list: RFC 9110,
/// section 5.3.
fn chunked<'r, 'a: 'r>(
    fields: impl DoubleEndedIterator<Item = &'r Field<'a>> + Clone,
) -> Result<Body, Refusal> {
    let mut codings = fields.flat_map(|field| {
        let words = field.value.split(|&byte| byte == b',');
        words.map(|word| (field.at, word.trim_ascii()))
    });
    let is_chunked = |word: &[u8]| word.eq_ignore_ascii_case(b"chunked");
    let refuse = |(at, _), why| Err(Refusal::new(at, why));
    // RFC 9112, section 6.3: without it nobody knows where the body ends.
    let last = codings.next_back();
    if let Some(other) = last.filter(|(_, word)| !is_chunked(word)) {
        return refuse(other, Why::NotChunked);
    }
    // Section 6.1: chunked MUST NOT be applied more than once.
    let is_bad = |word: &[u8]| word.is_empty() || is_chunked(word);
    if let Some(bad) = codings.clone().find(|(_, word)| is_bad(word)) {
        return refuse(bad, Why::Codings);
    }
    // The same section: 501 for a coding that nobody here knows.
    match codings.next() {
        Some(unknown) => refuse(unknown, Why::Coding),
        None => Ok(Body::Chunked),
    }
}
// ANCHOR_END: body

#[cfg(test)]
mod tests {
    use super::*;

    fn with(
        version: Version,
        fields: &[(&str, &str)],
    ) -> Result<Body, Refusal> {
        let mut at = 0;
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| {
                at += 100;
                Field { name, value: value.as_bytes(), at }
            })
            .collect();
        let (method, target, fields) = ("POST", "/", &fields[..]);
        body(&Request { method, target, version, fields })
    }

    fn why(fields: &[(&str, &str)]) -> (usize, Why) {
        let refusal = with(Version::Http11, fields).unwrap_err();
        (refusal.at, refusal.why)
    }

    #[test]
    fn without_a_length_there_is_no_body() {
        assert_eq!(with(Version::Http11, &[("Host", "a")]), Ok(Body::None));
    }

    #[test]
    fn a_length_is_digits_only() {
        let length =
            |value| with(Version::Http11, &[("CONTENT-length", value)]);
        assert_eq!(length("13"), Ok(Body::Length(13)));
        assert_eq!(length("007"), Ok(Body::Length(7)));
        let most = u64::MAX.to_string();
        assert_eq!(length(&most), Ok(Body::Length(u64::MAX)));
        for odd in ["", "+1", "-1", "0x1", "1 1", "1,1", "1, 1", "1_0", "1."] {
            assert_eq!(length(odd).unwrap_err().why, Why::Length, "{odd}");
        }
        let larger = length("18446744073709551616").unwrap_err();
        assert_eq!((larger.status, larger.at), (413, 100 + 19));
    }

    #[test]
    fn two_answers_are_none() {
        let length = ("Content-Length", "5");
        let chunked = ("Transfer-Encoding", "chunked");
        assert_eq!(why(&[length, length]), (200, Why::TwoLengths));
        assert_eq!(why(&[length, chunked]), (200, Why::BothLengths));
        assert_eq!(why(&[chunked, length]), (200, Why::BothLengths));
    }

    #[test]
    fn the_only_coding_is_chunked() {
        let coding = |value| [("Transfer-Encoding", value)];
        let ours = with(Version::Http11, &coding("Chunked"));
        assert_eq!(ours, Ok(Body::Chunked));
        assert_eq!(why(&coding("gzip, chunked")), (100, Why::Coding));
        for odd in ["chunked, chunked", ", chunked", "gzip, ,chunked"] {
            assert_eq!(why(&coding(odd)), (100, Why::Codings), "{odd}");
        }
        for odd in ["", "identity", "xchunked", "chunked, gzip", "chunked,"] {
            assert_eq!(why(&coding(odd)), (100, Why::NotChunked), "{odd}");
        }
        let old = with(Version::Http10, &coding("chunked")).unwrap_err();
        assert_eq!(old.why, Why::OldVersionCoding);
    }

    #[test]
    fn several_lines_of_codings_are_one_list() {
        let two = |one, other| {
            let name = "Transfer-Encoding";
            why(&[(name, one), (name, other)])
        };
        assert_eq!(two("chunked", "chunked"), (100, Why::Codings));
        assert_eq!(two("gzip", "chunked"), (100, Why::Coding));
        assert_eq!(two("gzip, x", " , chunked"), (200, Why::Codings));
        assert_eq!(two("chunked", "gzip"), (200, Why::NotChunked));
    }
}
