//! What the server says: three digits, and words for people.
//!
//! ```text
//! 230 Welcome            1yz  about to begin     4yz  not now
//!                        2yz  done               5yz  not so
//! 211-Features           3yz  what next?
//!  EPSV
//!  SIZE                  A "-" after the digits: more lines follow, until
//! 211 End                one has the same digits and a space.
//! ```
//!
//! RFC 959, section 4.2.

use std::fmt;

use lesson_framing::Status;

/// The most bytes of a reply that [`Reply::parse`] takes.
const LONGEST: usize = 64 * 1024;

/// A code, and one line or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits: 110 to 659.
    pub code: u16,
    /// At least one, without its end.
    pub lines: Vec<String>,
}

/// What is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It doesn't begin with three digits, and `-` or a space.
    Code,
    /// No end for so long.
    TooLong,
    /// Its bytes are not UTF-8.
    NotText,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Malformed::Code => "no three digits begin the reply",
            Malformed::TooLong => "a reply without an end",
            Malformed::NotText => "a reply that is not UTF-8",
        })
    }
}

impl std::error::Error for Malformed {}

impl Reply {
    /// A reply of one line.
    pub fn new(code: u16, text: impl fmt::Display) -> Self {
        Reply { code, lines: vec![line(text)] }
    }

    /// A reply whose first and last line frame a list.
    pub fn list<T: fmt::Display>(
        code: u16,
        first: &str,
        items: impl IntoIterator<Item = T>,
        last: &str,
    ) -> Self {
        // The space before each keeps it from looking like the last line.
        let items = items.into_iter().map(|it| line(format_args!(" {it}")));
        let mut lines = vec![line(first)];
        lines.extend(items);
        lines.push(line(last));
        Reply { code, lines }
    }

    /// The first reply in the bytes, and how many of them it takes.
    ///
    /// # Errors
    /// [`Malformed`], as soon as it shows.
    pub fn parse(bytes: &[u8]) -> Result<Status<(Reply, usize)>, Malformed> {
        let mut reply: Option<Reply> = None;
        let mut used = 0;
        while let Some(end) = bytes[used..].iter().position(|it| *it == b'\n') {
            let text = std::str::from_utf8(&bytes[used..used + end]);
            let text = text.map_err(|_| Malformed::NotText)?;
            let text = text.strip_suffix('\r').unwrap_or(text);
            used += end + 1;
            let (done, text) = match &reply {
                None => {
                    let (code, done) = head(text).ok_or(Malformed::Code)?;
                    reply = Some(Reply { code, lines: Vec::new() });
                    (done, &text[text.len().min(4)..])
                }
                Some(it) if head(text) == Some((it.code, true)) => {
                    (true, &text[text.len().min(4)..])
                }
                Some(_) => (false, text),
            };
            if let Some(reply) = &mut reply {
                reply.lines.push(text.to_string());
            }
            if let (true, Some(reply)) = (done, reply.take_if(|_| done)) {
                return Ok(Status::Complete((reply, used)));
            }
        }
        match bytes.len() {
            0..LONGEST => Ok(Status::Partial),
            _ => Err(Malformed::TooLong),
        }
    }

    /// 1yz: another reply to the same command follows.
    pub fn is_preliminary(&self) -> bool {
        self.code / 100 == 1
    }
}

/// The code, and whether this line ends the reply.
fn head(text: &str) -> Option<(u16, bool)> {
    let bytes = text.as_bytes();
    let code = bytes.get(..3)?;
    let digits = code.iter().all(u8::is_ascii_digit);
    let code = digits.then(|| text[..3].parse().ok()).flatten()?;
    match bytes.get(3) {
        Some(b'-') => Some((code, false)),
        Some(b' ') | None => Some((code, true)),
        _ => None,
    }
}

/// Words that stay on their line, whatever a file is called.
fn line(text: impl fmt::Display) -> String {
    text.to_string().replace(|it: char| it.is_ascii_control(), "?")
}

/// As it goes over the connection, with its line ends.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reply { code, lines } = self;
        let last = lines.len().saturating_sub(1);
        for (at, line) in lines.iter().enumerate() {
            match at {
                _ if at == last => write!(f, "{code} {line}\r\n")?,
                0 => write!(f, "{code}-{line}\r\n")?,
                _ => write!(f, "{line}\r\n")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features() -> Reply {
        Reply::list(211, "Features", ["EPSV", "211 SIZE"], "End")
    }

    #[test]
    fn one_line_has_a_space_and_of_several_the_first_a_minus() {
        let one = Reply::new(230, "Welcome").to_string();

        assert_eq!(one, "230 Welcome\r\n");
        let many = "211-Features\r\n EPSV\r\n 211 SIZE\r\n211 End\r\n";
        assert_eq!(features().to_string(), many);
    }

    #[test]
    fn what_was_written_is_read_again_from_any_piece() {
        for reply in [Reply::new(230, "Welcome"), features()] {
            let text = format!("{reply}220 More\r\n");
            let used = reply.to_string().len();
            let whole = Ok(Status::Complete((reply, used)));
            for end in 0..text.len() {
                let read = Reply::parse(&text.as_bytes()[..end]);
                let due =
                    if end < used { &Ok(Status::Partial) } else { &whole };
                assert_eq!(&read, due, "{end} bytes");
            }
        }
    }

    #[test]
    fn the_code_alone_is_a_reply_and_only_the_same_code_ends_a_list() {
        for (bytes, lines) in [
            (&b"220\r\n"[..], &[""][..]),
            (b"211-a\r\n220 b\r\n211\r\n", &["a", "220 b", ""]),
        ] {
            let read = Reply::parse(bytes).unwrap();
            let Status::Complete((reply, used)) = read else {
                panic!("{read:?}");
            };
            assert_eq!((reply.lines.len(), used), (lines.len(), bytes.len()));
            assert_eq!(reply.lines, lines);
        }
    }

    #[test]
    fn a_name_with_line_ends_makes_no_second_reply() {
        let reply = Reply::new(257, "\"a\r\n226 Done\" is here");

        assert_eq!(reply.to_string(), "257 \"a??226 Done\" is here\r\n");
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        let endless = [b"211-a\r\n".repeat(10_000), b"211-".to_vec()].concat();
        for (bytes, due) in [
            (&b"HTTP/1.1 200 OK\r\n"[..], Malformed::Code),
            (b"22\r\n", Malformed::Code),
            (b"2200 a\r\n", Malformed::Code),
            (b"\r\n", Malformed::Code),
            (b"+20 a\r\n", Malformed::Code),
            ("2\u{fc}\u{fc}\r\n".as_bytes(), Malformed::Code),
            (b"220 \xff\r\n", Malformed::NotText),
            (&endless, Malformed::TooLong),
        ] {
            assert_eq!(Reply::parse(bytes), Err(due));
        }
    }
}
