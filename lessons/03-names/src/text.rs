//! Room for an address as text, without asking the allocator.

use std::fmt;
use std::ops::Deref;

/// As long as the longest text, `ffff:…:ffff:255.255.255.255`, with the
/// zero byte that C puts behind: INET6_ADDRSTRLEN of netinet/in.h.
const ROOM: usize = 46;

/// An address as text. It lies wherever the variable lies.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; ROOM],
    length: usize,
}

impl Text {
    /// No text yet.
    pub(crate) fn new() -> Self {
        Text { bytes: [0; ROOM], length: 0 }
    }

    /// Adds one byte of ASCII. What exceeds the room is left out; no address
    /// is that long.
    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Adds a number in this base, at most 16, without leading zeros.
    pub(crate) fn number(&mut self, number: u16, base: u16) {
        if number >= base {
            self.number(number / base, base);
        }
        let digit = usize::from(number % base);
        self.push(b"0123456789abcdef"[digit]);
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Only ASCII was pushed.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
