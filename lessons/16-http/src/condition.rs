//! Conditions and ranges: what the client has already, and what it lacks.
//!
//! ```text
//! If-Match, or else If-Unmodified-Since      no → 412
//! If-None-Match, or else If-Modified-Since   the client has it → 304
//! Range, if If-Range agrees                  a part → 206
//! ```
//!
//! In this order: RFC 9110, section 13.2.2. A tag is better than a time: a
//! file can change twice in a second.
//!
//! Start reading at [`evaluate`].

use std::str;

use nix::sys::stat::FileStat;

use crate::response::now;
use crate::{Request, Response, date};

/// What tells one version of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Validators {
    /// With its quotes.
    pub tag: String,
    /// Seconds since 1970.
    pub modified: i64,
}

impl Validators {
    /// Those of an open file, by fstat(2).
    ///
    /// The tag is made of the time of the last change, in nanoseconds, and of
    /// the size. The kernel's clock for that has ticks of some milliseconds:
    /// two changes within one that leave the size look alike. A file that was
    /// put is another file, with another number: that is in it, too.
    pub fn of(file: &FileStat) -> Self {
        let (modified, size) = (file.st_mtime, file.st_size);
        let (nanoseconds, number) = (file.st_mtime_nsec, file.st_ino);
        let tag =
            format!("\"{modified:x}.{nanoseconds:x}-{size:x}-{number:x}\"");
        Validators { tag, modified }
    }

    /// The response with both.
    pub fn tell(&self, response: Response) -> Response {
        response
            .with("ETag", &self.tag)
            .with("Last-Modified", date::format(self.modified.min(now())))
    }
}

// ANCHOR: evaluate
/// The status that the conditions ask for, if it isn't that of the method.
/// `None` for what isn't there.
pub(crate) fn evaluate(
    request: &Request<'_, '_>,
    there: Option<&Validators>,
) -> Option<u16> {
    let reads = matches!(request.method, "GET" | "HEAD");
    let time = |name| date::parse(request.field(name)?, now());
    // Section 13.1.1: changed only if it is still what the client knows.
    if request.field("if-match").is_some() {
        if !names(request, "if-match", there, true) {
            return Some(412);
        }
    } else if let Some(time) = time("if-unmodified-since")
        && there.is_some_and(|it| it.modified > time)
    {
        return Some(412);
    }
    // Section 13.1.2; `If-None-Match: *` makes a PUT create, and not replace.
    if request.field("if-none-match").is_some() {
        if names(request, "if-none-match", there, false) {
            return Some(if reads { 304 } else { 412 });
        }
    } else if let Some(time) = time("if-modified-since")
        && reads
        && there.is_some_and(|it| it.modified <= time)
    {
        return Some(304);
    }
    None
}
// ANCHOR_END: evaluate

/// Whether the fields of this name have the tag, or `*` for any.
fn names(
    request: &Request<'_, '_>,
    field: &str,
    there: Option<&Validators>,
    strong: bool,
) -> bool {
    let Some(there) = there else { return false };
    let mut values = request.fields.iter().filter(|it| it.is(field));
    values.any(|it| it.value == b"*" || has(it.value, &there.tag, strong))
}

/// Whether a list of tags has this one: section 8.8.3. `W/"a"` is a weak one,
/// good enough to save a transfer, not to put two parts together.
fn has(mut list: &[u8], tag: &str, strong: bool) -> bool {
    loop {
        let begin = |byte: &u8| !matches!(byte, b' ' | b'\t' | b',');
        let Some(at) = list.iter().position(begin) else { return false };
        let rest = &list[at..];
        let (weak, rest) = match rest.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let Some(inner) = rest.strip_prefix(b"\"") else { return false };
        let Some(end) = inner.iter().position(|byte| *byte == b'"') else {
            return false;
        };
        if rest[..end + 2] == *tag.as_bytes() && !(strong && weak) {
            return true;
        }
        list = &rest[end + 2..];
    }
}

/// What of a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// At least one byte.
    Some {
        start: u64,
        count: u64,
    },
    /// Nothing of the file is in the range.
    None,
}

// ANCHOR: part
/// The part that a GET asks for. RFC 9110, section 14.2: a server may ignore
/// Range; this one does for more than one range, whose answer would be a
/// multipart message of little use.
pub(crate) fn part(
    request: &Request<'_, '_>,
    validators: &Validators,
    size: u64,
) -> Part {
    let mut fields = request.fields.iter().filter(|it| it.is("range"));
    let (range, second) = (fields.next(), fields.next());
    match range.and_then(|field| range_of(field.value, size)) {
        Some(part)
            if request.method == "GET"
                && second.is_none()
                && is_the_same(request, validators) =>
        {
            part
        }
        _ => Part::Whole,
    }
}

/// `bytes=2-5`, `bytes=2-` or `bytes=-5`: the last five.
fn range_of(value: &[u8], size: u64) -> Option<Part> {
    let text = str::from_utf8(value).ok()?;
    let (unit, range) = text.split_once('=')?;
    let (first, last) = range.split_once('-')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (start, end) = match (first, last) {
        ("", last) => (size.saturating_sub(number(last)?), size),
        (first, "") => (number(first)?, size),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.saturating_add(1).min(size))
        }
    };
    match end.checked_sub(start) {
        Some(count) if count > 0 => Some(Part::Some { start, count }),
        _ => Some(Part::None),
    }
}
// ANCHOR_END: part

/// Digits only. More than any file has is as good as the most.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits && !text.is_empty();
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// If-Range, section 13.1.5: a part is of use only beside the other parts of
/// the same version. A time is that only if it is over a second old.
fn is_the_same(request: &Request<'_, '_>, validators: &Validators) -> bool {
    let Some(value) = request.field("if-range") else { return true };
    if value.starts_with(b"\"") || value.starts_with(b"W/") {
        return value == validators.tag.as_bytes();
    }
    let now = now();
    date::parse(value, now) == Some(validators.modified)
        && now > validators.modified
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{Field, Version};

    const TAG: &str = "\"abc\"";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const SAME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn file() -> Validators {
        Validators { tag: TAG.to_string(), modified: 784_111_777 }
    }

    fn asked<T>(
        method: &str,
        fields: &[(&str, &str)],
        check: impl FnOnce(&Request<'_, '_>) -> T,
    ) -> T {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| Field { name, value: value.as_bytes(), at: 0 })
            .collect();
        let (version, fields) = (Version::Http11, &fields[..]);
        check(&Request { method, target: "/", version, fields })
    }

    fn status(method: &str, fields: &[(&str, &str)]) -> Option<u16> {
        asked(method, fields, |request| evaluate(request, Some(&file())))
    }

    fn range(fields: &[(&str, &str)]) -> Part {
        asked("GET", fields, |request| part(request, &file(), 10))
    }

    #[test]
    fn a_client_that_has_it_is_told_so() {
        for list in [TAG, "*", "W/\"abc\"", "\"x\", \"abc\"", "\"x,y\",\"abc\""]
        {
            assert_eq!(status("GET", &[("If-None-Match", list)]), Some(304));
        }
        for list in ["\"abcd\"", "abc", "\"abc", "\"x,\"abc\"", ""] {
            assert_eq!(
                status("GET", &[("If-None-Match", list)]),
                None,
                "{list}"
            );
        }
        let two = [("If-None-Match", "\"x\""), ("if-none-match", TAG)];
        assert_eq!(status("HEAD", &two), Some(304));
        assert_eq!(status("GET", &[("If-Modified-Since", SAME)]), Some(304));
        assert_eq!(status("GET", &[("If-Modified-Since", BEFORE)]), None);
        assert_eq!(status("GET", &[("If-Modified-Since", "never")]), None);
        assert_eq!(status("PUT", &[("If-Modified-Since", SAME)]), None);
    }

    #[test]
    fn a_tag_is_believed_before_a_time() {
        let fields = [("If-Modified-Since", SAME), ("If-None-Match", "\"x\"")];
        assert_eq!(status("GET", &fields), None);
        let fields = [("If-Unmodified-Since", BEFORE), ("If-Match", TAG)];
        assert_eq!(status("PUT", &fields), None);
    }

    #[test]
    fn nothing_is_changed_that_the_client_does_not_know() {
        assert_eq!(status("PUT", &[("If-Match", TAG)]), None);
        assert_eq!(status("PUT", &[("If-Match", "W/\"abc\"")]), Some(412));
        assert_eq!(status("PUT", &[("If-Match", "\"x\"")]), Some(412));
        assert_eq!(status("PUT", &[("If-None-Match", "*")]), Some(412));
        let late = [("If-Unmodified-Since", BEFORE)];
        assert_eq!(status("DELETE", &late), Some(412));
        let missing = |name, value| {
            asked("PUT", &[(name, value)], |request| evaluate(request, None))
        };
        assert_eq!(missing("If-Match", "*"), Some(412));
        assert_eq!(missing("If-None-Match", "*"), None);
    }

    #[test]
    fn a_range_is_a_part_of_the_file() {
        let some = |start, count| Part::Some { start, count };
        for (text, due) in [
            ("bytes=0-0", some(0, 1)),
            ("bytes=2-5", some(2, 4)),
            ("Bytes=2-5", some(2, 4)),
            ("bytes=2-", some(2, 8)),
            ("bytes=2-99999999999999999999999", some(2, 8)),
            ("bytes=-3", some(7, 3)),
            ("bytes=-30", some(0, 10)),
            ("bytes=10-", Part::None),
            ("bytes=10-12", Part::None),
            ("bytes=-0", Part::None),
            ("bytes=18446744073709551615-", Part::None),
            // Ignored: not a range, or more than one.
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes 0-1", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("bytes=", Part::Whole),
        ] {
            assert_eq!(range(&[("Range", text)]), due, "{text}");
        }
        let range = [("Range", "bytes=0-1")];
        let head = asked("HEAD", &range, |it| part(it, &file(), 10));
        assert_eq!(head, Part::Whole);
        let two = [("Range", "bytes=0-1"), ("range", "bytes=3-4")];
        assert_eq!(asked("GET", &two, |it| part(it, &file(), 10)), Part::Whole);
    }

    #[test]
    fn a_part_of_another_version_is_of_no_use() {
        let some = Part::Some { start: 2, count: 8 };
        for (value, due) in [
            (TAG, some),
            (SAME, some),
            (BEFORE, Part::Whole),
            ("\"x\"", Part::Whole),
            ("W/\"abc\"", Part::Whole),
        ] {
            let fields = [("Range", "bytes=2-"), ("If-Range", value)];
            assert_eq!(range(&fields), due, "{value}");
        }
    }

    #[test]
    fn a_time_of_this_second_names_no_version() {
        let at = |modified| {
            let time = date::format(modified);
            let time = str::from_utf8(&time).unwrap();
            let fields = [("Range", "bytes=2-"), ("If-Range", time)];
            let file = Validators { modified, ..file() };
            asked("GET", &fields, |it| part(it, &file, 10))
        };
        // The clock doesn't go back while the test runs.
        assert_eq!(at(now() + 60), Part::Whole);
        assert_eq!(at(now() - 60), Part::Some { start: 2, count: 8 });
    }

    #[test]
    fn whatever_changes_in_a_file_changes_its_tag() {
        let tag = |change: fn(&mut FileStat)| {
            let file = std::fs::File::open("Cargo.toml").unwrap();
            let mut stat = nix::sys::stat::fstat(&file).unwrap();
            change(&mut stat);
            Validators::of(&stat).tag
        };
        let changes: [fn(&mut FileStat); 5] = [
            |_| {},
            |stat| stat.st_mtime += 1,
            |stat| stat.st_mtime_nsec += 1,
            |stat| stat.st_size += 1,
            |stat| stat.st_ino += 1,
        ];
        let tags = changes.map(tag);
        let different: HashSet<_> = tags.iter().collect();
        assert_eq!(different.len(), tags.len(), "{tags:?}");
    }

    #[test]
    fn no_time_is_told_that_is_still_to_come() {
        let told = |modified| {
            let response = Response::new(200);
            let file = Validators { modified, ..file() };
            let response = file.tell(response);
            let time = response.field("Last-Modified").unwrap();
            date::parse(time, now()).unwrap()
        };
        assert_eq!(told(784_111_777), 784_111_777);
        assert!(told(now() + 3600) <= now());
    }
}
