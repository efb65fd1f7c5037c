//! Names: labels, each with its length before it, and pointers.
//!
//! ```text
//! 03 b o b 03 l a b 00          bob.lab, in the question
//! …
//! c0 0c                         the name that begins at byte 12
//! 03 w w w c0 0c                www.bob.lab
//! ```
//!
//! RFC 1035, section 4.1.4: a label begins with the bits 00 and a length, a
//! pointer with the bits 11. A pointer saves repeating a name. It also lets
//! a message of a few bytes send its reader round in circles for ever.

use std::fmt;

use super::Error;

/// The most bytes of a name with all its lengths: RFC 1035, section 2.3.4.
const LONGEST: usize = 255;

/// The most pointers in one name. A name has at most 127 labels, so an
/// honest one has no use for more.
pub const JUMPS: usize = 127;

/// A name inside a message: a view that was checked.
#[derive(Clone, Copy)]
pub struct Name<'m> {
    message: &'m [u8],
    at: usize,
}

/// What stands at one place in a name.
enum Piece<'m> {
    Label(&'m [u8]),
    Pointer(usize),
    End,
}

/// Reads a label, a pointer or the end: RFC 1035, section 4.1.4.
fn piece(message: &[u8], at: usize) -> Result<Piece<'_>, Error> {
    let there = message.len().saturating_sub(at);
    let short = |needed| Error::Truncated { at, needed, there };
    let first = *message.get(at).ok_or(short(1))?;
    let length = usize::from(first & 0x3f);
    match first >> 6 {
        0b00 if length == 0 => Ok(Piece::End),
        0b00 => match message.get(at + 1..at + 1 + length) {
            Some(label) => Ok(Piece::Label(label)),
            None => Err(short(1 + length)),
        },
        0b11 => {
            let low = *message.get(at + 1).ok_or(short(2))?;
            Ok(Piece::Pointer(length << 8 | usize::from(low)))
        }
        _ => Err(Error::Reserved { at }),
    }
}

impl<'m> Name<'m> {
    // ANCHOR: check
    /// Checks the name that begins at `at`. Gives it, and the place behind
    /// it.
    ///
    /// RFC 1035, section 4.1.4: a pointer points to a *prior* occurrence of
    /// a name. So each must lead to a place before the labels that led to
    /// it. Then no place is visited twice, and there are no circles.
    pub(super) fn check(
        message: &'m [u8],
        at: usize,
    ) -> Result<(Self, usize), Error> {
        let (mut here, mut run, mut length) = (at, at, 0);
        let (mut behind, mut jumps) = (None, 0);
        loop {
            match piece(message, here)? {
                Piece::Label(label) => {
                    length += 1 + label.len();
                    here += 1 + label.len();
                    // One more byte will end it.
                    if length + 1 > LONGEST {
                        return Err(Error::LongName);
                    }
                }
                Piece::Pointer(to) if to >= run => {
                    return Err(Error::Pointer { at: here, to });
                }
                Piece::Pointer(_) if jumps == JUMPS => {
                    return Err(Error::Jumps { at });
                }
                Piece::Pointer(to) => {
                    behind = behind.or(Some(here + 2));
                    jumps += 1;
                    (here, run) = (to, to);
                }
                Piece::End => {
                    let name = Name { message, at };
                    return Ok((name, behind.unwrap_or(here + 1)));
                }
            }
        }
    }
    // ANCHOR_END: check

    /// The labels, first to last, the pointers followed.
    pub fn labels(&self) -> impl Iterator<Item = &'m [u8]> + use<'m> {
        let (message, mut here) = (self.message, self.at);
        std::iter::from_fn(move || {
            loop {
                // It was checked: no error is left, and no circle.
                match piece(message, here).ok()? {
                    Piece::Label(label) => {
                        here += 1 + label.len();
                        return Some(label);
                    }
                    Piece::Pointer(to) => here = to,
                    Piece::End => return None,
                }
            }
        })
    }

    /// Whether it is this name, written with dots. Upper and lower case are
    /// the same: RFC 1035, section 2.3.3.
    pub fn is(&self, text: &str) -> bool {
        let text = text.strip_suffix('.').unwrap_or(text);
        let mut dotted = text.split('.').filter(|label| !label.is_empty());
        let same = |ours: &[u8]| {
            let theirs = dotted.next().map(str::as_bytes);
            theirs.is_some_and(|label| label.eq_ignore_ascii_case(ours))
        };
        self.labels().all(same) && dotted.next().is_none()
    }
}

/// Upper and lower case are the same: RFC 1035, section 2.3.3.
impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        let mut theirs = other.labels();
        let same = |ours: &[u8]| {
            theirs.next().is_some_and(|label| label.eq_ignore_ascii_case(ours))
        };
        self.labels().all(same) && theirs.next().is_none()
    }
}

/// With dots, and what is no printable character as three digits: RFC 1035,
/// section 5.1. The empty name, of no label, is the root: a dot.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, label) in self.labels().enumerate() {
            if number > 0 {
                f.write_str(".")?;
            }
            for byte in label {
                match byte {
                    b'.' | b'\\' => write!(f, "\\{}", *byte as char)?,
                    b'!'..=b'~' => write!(f, "{}", *byte as char)?,
                    _ => write!(f, "\\{byte:03}")?,
                }
            }
        }
        match self.labels().next() {
            None => f.write_str("."),
            Some(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Writes a name at `at`, without pointers; gives the place behind it.
pub(super) fn write(
    text: &str,
    into: &mut [u8],
    at: usize,
) -> Result<usize, Error> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if !text.is_ascii() {
        return Err(Error::NotAscii);
    }
    let labels = (!text.is_empty()).then(|| text.split('.'));
    let (mut here, room) = (at, into.len());
    for label in labels.into_iter().flatten() {
        let length = match u8::try_from(label.len()) {
            Ok(0) => return Err(Error::EmptyLabel),
            Ok(length @ ..=63) => length,
            _ => return Err(Error::LongLabel),
        };
        let place = into.get_mut(here..here + 1 + label.len());
        let place = place.ok_or(Error::NoRoom { room })?;
        place[0] = length;
        place[1..].copy_from_slice(label.as_bytes());
        here += place.len();
        if here + 1 - at > LONGEST {
            return Err(Error::LongName);
        }
    }
    *into.get_mut(here).ok_or(Error::NoRoom { room })? = 0;
    Ok(here + 1)
}
