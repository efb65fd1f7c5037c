//! Rejected by: without_either_field_there_is_no_body
//!
//! Asks every request for a length, as if there were always a body.

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name, as sent.
    pub name: &'a str,
    /// Its value, without the white space around it.
    pub value: &'a [u8],
}

/// How much a client may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Fields, at most.
    pub fields: usize,
    /// Bytes of all field lines and of the empty line, at most.
    pub bytes: usize,
}

/// Where the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    None,
    /// After so many bytes.
    Length(u64),
    /// It comes in chunks, and the last one says so.
    Chunked,
}

/// Takes the fields off the front of `bytes`: all of them, and how many bytes
/// they took.
pub fn fields(
    bytes: &[u8],
    limits: Limits,
) -> Result<Option<(Vec<Field<'_>>, usize)>, u16> {
    let mut list = Vec::new();
    let mut taken = 0;
    // What lies beyond the limit can't belong to fields that keep it.
    let within = &bytes[..bytes.len().min(limits.bytes)];
    while let Some(line) = line(&within[taken..])? {
        taken += line.len() + 2;
        if line.is_empty() {
            return Ok(Some((list, taken)));
        }
        if list.len() == limits.fields {
            return Err(431);
        }
        list.push(field(line)?);
    }
    // As many bytes as are allowed have come, and no empty line.
    if bytes.len() >= limits.bytes {
        return Err(431);
    }
    Ok(None)
}

/// The first line without its ending, if it has ended.
fn line(bytes: &[u8]) -> Result<Option<&[u8]>, u16> {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return Ok(None);
    };
    // RFC 9112, section 2.2: a recipient may take LF alone for the ending.
    // It doesn't have to.
    bytes[..end].strip_suffix(b"\r").map(Some).ok_or(400)
}

fn field(line: &[u8]) -> Result<Field<'_>, u16> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(400u16)?;
    let (name, value) = (&line[..colon], trimmed(&line[colon + 1..]));
    let allowed = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
    if name.is_empty() || !name.iter().all(in_token) {
        return Err(400);
    }
    if !value.iter().all(allowed) {
        return Err(400);
    }
    let name = std::str::from_utf8(name).map_err(|_| 400u16)?;
    Ok(Field { name, value })
}

/// RFC 9110, section 5.6.2: what a token is made of.
fn in_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

/// Without OWS, spaces and tabs, at both ends: RFC 9110, section 5.6.3.
fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Says where the body behind these fields ends.
pub fn body(fields: &[Field<'_>]) -> Result<Body, u16> {
    let of = |name: &str| -> Vec<&[u8]> {
        let named = |field: &&Field<'_>| field.name.eq_ignore_ascii_case(name);
        fields.iter().filter(named).map(|field| field.value).collect()
    };
    match (&of("content-length")[..], &of("transfer-encoding")[..]) {
        ([], []) => Err(411),
        ([length], []) => number(length).map(Body::Length),
        ([], codings) => chunked(codings),
        _ => Err(400),
    }
}

/// RFC 9110, section 8.6: `Content-Length = 1*DIGIT`.
fn number(value: &[u8]) -> Result<u64, u16> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(400);
    }
    let add = |sum: u64, digit: &u8| {
        sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    };
    value.iter().try_fold(0, add).ok_or(413)
}

/// RFC 9112, section 6.3: a body whose last coding isn't chunked has no end
/// that anybody could find.
fn chunked(values: &[&[u8]]) -> Result<Body, u16> {
    let list = values.join(&b',');
    let words: Vec<_> = list.split(|byte| *byte == b',').map(trimmed).collect();
    let is_chunked = |word: &&[u8]| word.eq_ignore_ascii_case(b"chunked");
    match &words[..] {
        [last] if is_chunked(last) => Ok(Body::Chunked),
        [others @ .., last] if is_chunked(last) => {
            let bad = |word: &&[u8]| word.is_empty() || is_chunked(word);
            Err(if others.iter().any(bad) { 400 } else { 501 })
        }
        _ => Err(400),
    }
}
