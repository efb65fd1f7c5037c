//! What client and server say to each other: the notes' own protocol.
//!
//! ```text
//! client                    server
//! ls [PATH]                 file 5 a   folder music   …   end
//! wget NAME                 size 5     and 5 bytes, which are no frame
//! wput 5 NAME               go
//!   5 bytes, no frame       done 5
//! anything                  no WHY
//! ```
//!
//! Each line is a frame of chapter 05, a length and so many bytes. A name is
//! the last word of its line, as it may hold spaces. The bytes of a file are
//! counted before they come: whoever has fewer knows that it has a part.

use std::fmt;
use std::str;

use crate::folder::{Denied, Entry, Kind};

/// The most bytes of a frame: a path of PATH_MAX, pathname(7), and its
/// command.
pub const LONGEST: usize = 4096 + 32;

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// What is in a folder; `""` is the served one.
    List(String),
    /// A file.
    Get(String),
    /// So many bytes will be this file.
    Put(u64, String),
}

/// What a server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// One of the folder.
    Entry(Kind, u64, String),
    /// That was all of it.
    End,
    /// So many bytes of the file follow.
    Size(u64),
    /// The bytes may come.
    Go,
    /// So many have become the file.
    Done(u64),
    /// Why not.
    No(String),
}

// ANCHOR: parse
impl Request {
    /// Reads a frame.
    ///
    /// # Errors
    /// What is wrong with it, for whoever sent it.
    pub fn parse(frame: &[u8]) -> Result<Self, String> {
        let text = str::from_utf8(frame)
            .map_err(|_| "a request is text in UTF-8".to_string())?;
        let (command, rest) = text.split_once(' ').unwrap_or((text, ""));
        match command {
            "ls" => Ok(Request::List(rest.into())),
            "wget" => Ok(Request::Get(rest.into())),
            "wput" => match counted(rest) {
                Some((size, name)) => Ok(Request::Put(size, name)),
                None => Err("wput has a size and a name: wput 5 a".into()),
            },
            _ => Err("unknown command; known are ls, wget and wput".into()),
        }
    }
}
// ANCHOR_END: parse

impl Reply {
    /// Reads a frame; `None` if no server of this protocol says that.
    pub fn parse(frame: &[u8]) -> Option<Self> {
        let text = str::from_utf8(frame).ok()?;
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let entry = |kind| {
            let (size, name) = counted(rest)?;
            Some(Reply::Entry(kind, size, name))
        };
        match (word, rest) {
            ("file", _) => entry(Kind::File),
            ("folder", name) => {
                Some(Reply::Entry(Kind::Folder, 0, name.into()))
            }
            ("end", "") => Some(Reply::End),
            ("go", "") => Some(Reply::Go),
            ("size", count) => number(count).map(Reply::Size),
            ("done", count) => number(count).map(Reply::Done),
            ("no", why) => Some(Reply::No(why.into())),
            _ => None,
        }
    }
}

impl From<Entry> for Reply {
    fn from(entry: Entry) -> Self {
        Reply::Entry(entry.kind, entry.size, entry.name)
    }
}

impl From<Denied> for Reply {
    fn from(denied: Denied) -> Self {
        Reply::No(denied.to_string())
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::List(name) if name.is_empty() => f.write_str("ls"),
            Request::List(name) => write!(f, "ls {name}"),
            Request::Get(name) => write!(f, "wget {name}"),
            Request::Put(size, name) => write!(f, "wput {size} {name}"),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Entry(Kind::File, size, name) => {
                write!(f, "file {size} {name}")
            }
            Reply::Entry(Kind::Folder, _, name) => write!(f, "folder {name}"),
            Reply::End => f.write_str("end"),
            Reply::Size(size) => write!(f, "size {size}"),
            Reply::Go => f.write_str("go"),
            Reply::Done(size) => write!(f, "done {size}"),
            Reply::No(why) => write!(f, "no {why}"),
        }
    }
}

/// A number, a space, and a name.
fn counted(text: &str) -> Option<(u64, String)> {
    let (count, name) = text.split_once(' ')?;
    Some((number(count)?, name.into()))
}

/// Digits and nothing else: `parse` would take a sign.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let name = || "a b  c".to_string();
        for request in [
            Request::List(String::new()),
            Request::List(name()),
            Request::Get(name()),
            Request::Put(u64::MAX, name()),
        ] {
            let text = request.to_string();
            assert_eq!(Request::parse(text.as_bytes()), Ok(request));
        }
        for reply in [
            Reply::Entry(Kind::File, 0, name()),
            Reply::Entry(Kind::Folder, 0, name()),
            Reply::End,
            Reply::Size(u64::MAX),
            Reply::Go,
            Reply::Done(1),
            Reply::No(name()),
        ] {
            let text = reply.to_string();
            assert_eq!(Reply::parse(text.as_bytes()), Some(reply), "{text}");
        }
    }

    #[test]
    fn a_request_that_is_none_is_told_why() {
        for (frame, why) in [
            (&b""[..], "unknown command"),
            (b"rm a", "unknown command"),
            (b"LS", "unknown command"),
            (b"ls\xff", "UTF-8"),
            (b"wput", "a size and a name"),
            (b"wput a", "a size and a name"),
            (b"wput +5 a", "a size and a name"),
            (b"wput -1 a", "a size and a name"),
            (b"wput  a", "a size and a name"),
            (b"wput 18446744073709551616 a", "a size and a name"),
        ] {
            let told = Request::parse(frame).unwrap_err();
            assert!(told.contains(why), "{frame:?}: {told}");
        }
    }

    #[test]
    fn a_reply_that_is_none_is_not_guessed_at() {
        for frame in [
            &b""[..],
            b"go on",
            b"end ",
            b"size",
            b"size +1",
            b"size 1 2",
            b"file a",
            b"done",
            b"hello",
            b"\xff",
        ] {
            let told = Reply::parse(frame);
            // "end " has an empty rest, as "end" has.
            let due = (frame == b"end ").then_some(Reply::End);
            assert_eq!(told, due, "{frame:?}");
        }
    }
}
