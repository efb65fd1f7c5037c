//! IPv6 addresses as text: eight groups of 16 bits, in hexadecimal.
//!
//! ```text
//! 2001:0db8:0000:0000:0000:0000:0000:0001     all eight groups
//! 2001:db8:0:0:0:0:0:1                        no zeros in front
//! 2001:db8::1                                 :: for a run of zeros, once
//! ::ffff:10.0.0.2                             the last 32 bits as IPv4
//! ```
//!
//! RFC 4291, section 2.2, says what may be read; RFC 5952 which one of the
//! many forms to write. Start reading at [`pton`].

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{Error, Text, v4};

/// The groups of an address.
const GROUPS: usize = 8;

// ANCHOR: pton
/// Reads an address in any form of RFC 4291, section 2.2:
/// `inet_pton(AF_INET6, …)`, inet_pton(3).
///
/// # Errors
/// For more or fewer groups than eight; a second `::`, or one that stands
/// for nothing; a group of more than four digits; and whatever else stands
/// there, a zone such as `%eth0` too.
pub fn pton(text: &str) -> Result<Ipv6Addr, Error> {
    let mut reader = Reader { text, at: 0, groups: [0; GROUPS], count: 0 };
    let mut gap = None;
    if text.starts_with("::") {
        gap = Some(0);
        reader.at = 2;
    }
    // Behind a gap the text may end; at the start or behind a single colon
    // a group is due.
    while !(reader.at == text.len() && gap == Some(reader.count)) {
        reader.group()?;
        match reader.rest() {
            "" => break,
            rest if rest.starts_with("::") && gap.is_none() => {
                gap = Some(reader.count);
                reader.at += 2;
            }
            rest if rest.starts_with("::") => {
                let (what, at) = ("::", reader.at);
                return Err(Error::TooMany { what, most: 1, at });
            }
            rest if rest.starts_with(':') => reader.at += 1,
            _ => return Err(reader.unexpected("a colon")),
        }
    }
    reader.spread(gap)
}

/// How far a text was read, and what was found.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    groups: [u16; GROUPS],
    count: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        // Only ASCII was stepped over, so this is no place inside a letter.
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self, due: &'static str) -> Error {
        match self.at == self.text.len() {
            true => Error::Ends { due, at: self.at },
            false => Error::Unexpected { due, at: self.at },
        }
    }

    /// One group of one to four digits, or an IPv4 address, which ends the
    /// text and counts for two.
    fn group(&mut self) -> Result<(), Error> {
        let digit = |c: &u8| c.is_ascii_hexdigit();
        let digits = self.rest().bytes().take_while(|c| digit(c)).count();
        if digits > 0 && self.rest().as_bytes().get(digits) == Some(&b'.') {
            return self.v4();
        }
        let (value, at) = match digits {
            0 => return Err(self.unexpected("a group")),
            1..=4 => (u16::from_str_radix(&self.rest()[..digits], 16), self.at),
            _ => {
                let at = self.at + 4;
                return Err(Error::Unexpected { due: "a colon", at });
            }
        };
        self.push(value.unwrap_or_default(), at)?;
        self.at += digits;
        Ok(())
    }

    fn v4(&mut self) -> Result<(), Error> {
        let [a, b, c, d] = v4::pton(self.rest())
            .map_err(|error| error.later(self.at))?
            .octets();
        self.push(u16::from_be_bytes([a, b]), self.at)?;
        self.push(u16::from_be_bytes([c, d]), self.at)?;
        self.at = self.text.len();
        Ok(())
    }

    fn push(&mut self, group: u16, at: usize) -> Result<(), Error> {
        let (what, most) = ("groups", GROUPS);
        let many = Error::TooMany { what, most, at };
        *self.groups.get_mut(self.count).ok_or(many)? = group;
        self.count += 1;
        Ok(())
    }

    /// Moves the groups behind the gap to the end; zeros fill the gap.
    fn spread(mut self, gap: Option<usize>) -> Result<Ipv6Addr, Error> {
        let (what, there, due) = ("groups", self.count, GROUPS);
        match gap {
            None if there < due => Err(Error::TooFew { what, there, due }),
            Some(_) if there == due => {
                // A gap must stand for one group at least.
                let at = self.text.find("::").unwrap_or(0);
                Err(Error::TooMany { what, most: due - 1, at })
            }
            Some(gap) => {
                self.groups[gap..].rotate_right(due - there);
                Ok(self.groups.into())
            }
            None => Ok(self.groups.into()),
        }
    }
}
// ANCHOR_END: pton

// ANCHOR: rfc5952
/// Writes an address as RFC 5952, section 4, says: lower case, no zeros in
/// front, `::` for the longest run of at least two zero groups, and for the
/// first of several. IPv4 notation for `::ffff:0:0/96`, section 5.
pub fn rfc5952(address: Ipv6Addr) -> Text {
    write(address, address.to_ipv4_mapped())
}
// ANCHOR_END: rfc5952

// ANCHOR: ntop
/// Writes an address as the C library does: `inet_ntop(AF_INET6, …)`,
/// inet_ntop(3). It differs from [`rfc5952`] in one respect: the addresses
/// `::/96`, given up since RFC 4291, section 2.5.5.1, also end in IPv4
/// notation, unless all but their last 16 bits are zero.
pub fn ntop(address: Ipv6Addr) -> Text {
    let compatible = match address.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => address.to_ipv4(),
        _ => None,
    };
    write(address, address.to_ipv4_mapped().or(compatible))
}
// ANCHOR_END: ntop

// ANCHOR: write
/// The groups in hexadecimal; the last two as `tail`, if there is one.
fn write(address: Ipv6Addr, tail: Option<Ipv4Addr>) -> Text {
    let groups = address.segments();
    let shown = if tail.is_some() { GROUPS - 2 } else { GROUPS };
    let (start, length) = longest_zeros(&groups[..shown]);
    let mut text = Text::new();
    let mut index = 0;
    while index < shown {
        if length > 0 && index == start {
            text.push(b':');
            text.push(b':');
            index += length;
            continue;
        }
        if index > 0 && index != start + length {
            text.push(b':');
        }
        text.number(groups[index], 16);
        index += 1;
    }
    if let Some(tail) = tail {
        if start + length != shown || length == 0 {
            text.push(b':');
        }
        v4::write(tail, &mut text);
    }
    text
}

/// Where the longest run of zero groups begins, and its length; the first of
/// several. Length 0 where no run has two: RFC 5952, section 4.2.
fn longest_zeros(groups: &[u16]) -> (usize, usize) {
    let (mut best, mut run) = ((0, 0), (0, 0));
    for (index, group) in groups.iter().enumerate() {
        run = match (*group, run) {
            (0, (_, 0)) => (index, 1),
            (0, (start, length)) => (start, length + 1),
            _ => (0, 0),
        };
        if run.1 > best.1 {
            best = run;
        }
    }
    if best.1 < 2 { (0, 0) } else { best }
}
// ANCHOR_END: write
