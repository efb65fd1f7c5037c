//! Fields: where the bytes of a header lie, what they are called and say.
//!
//! A header's fields are a table, a [`Layout`]. The fixed part of a header
//! is a list of widths, so a field begins where the one before it ends and
//! there can be no gap. What varies, such as options, is asked for byte by
//! byte.
//!
//! Start reading at [`Field`].

use std::fmt;
use std::ops::Range;

use crate::checksum::Verdict;
use crate::frame::{Dissection, Layer};

/// What is known of a field before any frame is seen.
#[derive(Debug)]
pub struct Entry {
    /// A name for programs, such as `ipv4.ttl`: unique among all.
    pub id: &'static str,
    /// A name for readers.
    pub label: &'static str,
    /// What it is there for, in one or two sentences.
    pub why: &'static str,
    /// The parts of its bytes, most significant first; often none.
    pub bits: &'static [Bits],
    /// Its bytes, where every header has as many.
    pub(crate) width: usize,
    show: Show,
}

/// Writes the value of a field.
pub(crate) type Show = fn(&Field<'_>, &mut fmt::Formatter<'_>) -> fmt::Result;

/// A part of a field that has no byte of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits {
    /// A name for readers, such as `ACK`.
    pub label: &'static str,
    /// How many bits it has.
    pub width: u32,
}

pub(crate) const fn bits(label: &'static str, width: u32) -> Bits {
    Bits { label, width }
}

impl Entry {
    /// A field that has `width` bytes in every header; with 0, as many as
    /// the layout's `next` says.
    pub(crate) const fn new(
        id: &'static str,
        label: &'static str,
        width: usize,
        show: Show,
        why: &'static str,
    ) -> Self {
        Entry { id, label, why, bits: &[], width, show }
    }

    pub(crate) const fn of_bits(mut self, bits: &'static [Bits]) -> Self {
        self.bits = bits;
        self
    }
}

/// A header as a table of fields.
#[derive(Debug)]
pub struct Layout {
    /// A name for programs, such as `ipv4`.
    pub id: &'static str,
    /// A name for readers, such as `IPv4`.
    pub name: &'static str,
    /// The fields that every such header begins with.
    pub(crate) fixed: &'static [Entry],
    /// The fields that may follow.
    pub(crate) varying: &'static [Entry],
    /// Which of them begins `at` so many bytes into the header, and how many
    /// bytes it has: at least one.
    pub(crate) next: fn(header: &[u8], at: usize) -> (&'static Entry, usize),
}

impl Layout {
    /// All fields that such a header may have.
    pub fn entries(&self) -> impl Iterator<Item = &'static Entry> + use<> {
        self.fixed.iter().chain(self.varying)
    }
}

/// A field of a frame.
#[derive(Clone, Copy)]
pub struct Field<'d> {
    pub(crate) dissection: &'d Dissection<'d>,
    pub(crate) entry: &'static Entry,
    pub(crate) layer: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl<'d> Field<'d> {
    /// What is known of it in every frame: id, label, why.
    #[inline]
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    /// Its name for programs, such as `ipv4.ttl`.
    #[inline]
    pub fn id(&self) -> &'static str {
        self.entry.id
    }

    /// The layer that it belongs to.
    #[inline]
    pub fn layer(&self) -> &'d Layer {
        &self.dissection.layers()[self.layer]
    }

    /// Which of the dissection's layers that is.
    #[inline]
    pub fn layer_index(&self) -> usize {
        self.layer
    }

    /// Where its bytes lie in the frame.
    #[inline]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its bytes.
    #[inline]
    pub fn bytes(&self) -> &'d [u8] {
        &self.dissection.bytes()[self.start..self.end]
    }

    /// Its bytes as one number, most significant byte first; the last eight
    /// of them, where it has more.
    #[inline]
    pub fn number(&self) -> u64 {
        match *self.bytes() {
            [a] => a.into(),
            [a, b] => u16::from_be_bytes([a, b]).into(),
            [a, b, c, d] => u32::from_be_bytes([a, b, c, d]).into(),
            ref bytes => bytes
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        }
    }

    /// Its value in words: written when it is asked for, not before.
    #[inline]
    pub fn value(&self) -> Value<'d> {
        Value(*self)
    }

    /// The parts of its bytes, most significant first, each with its value.
    pub fn bits(&self) -> impl Iterator<Item = (Bits, u64)> + use<'d> {
        let (number, entry) = (self.number(), self.entry);
        let mut left: u32 = entry.bits.iter().map(|bits| bits.width).sum();
        entry.bits.iter().map(move |bits| {
            left -= bits.width;
            (*bits, number >> left & ((1 << bits.width) - 1))
        })
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.id(), self.range(), self.value())
    }
}

/// A field's value in words.
#[derive(Clone, Copy)]
pub struct Value<'d>(Field<'d>);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0.entry.show)(&self.0, f)
    }
}

/// The ways of writing a value.
pub(crate) mod show {
    use std::fmt::{Formatter, Result};
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::{Field, Verdict};
    use crate::ethernet::Mac;

    pub fn decimal(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}", field.number())
    }

    /// A length.
    pub fn octets(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        plural(field.number(), f)
    }

    pub fn hex(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        let digits = 2 + 2 * field.bytes().len();
        write!(f, "{:#0digits$x}", field.number())
    }

    pub fn mac(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        match field.bytes().first_chunk() {
            Some(bytes) => write!(f, "{}", Mac(*bytes)),
            None => bytes(field, f),
        }
    }

    pub fn ipv4(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        match field.bytes().first_chunk::<4>() {
            Some(bytes) => write!(f, "{}", Ipv4Addr::from(*bytes)),
            None => bytes(field, f),
        }
    }

    pub fn ipv6(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        match field.bytes().first_chunk::<16>() {
            Some(bytes) => write!(f, "{}", Ipv6Addr::from(*bytes)),
            None => bytes(field, f),
        }
    }

    /// A checksum, and whether it is right.
    pub fn checksum(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        hex(field, f)?;
        match field.dissection.checksum(field.layer) {
            Some(Verdict::Right) => write!(f, ", right"),
            Some(Verdict::Wrong { due }) => {
                write!(f, ", wrong: {due:#06x} is due")
            }
            Some(Verdict::Absent) => write!(f, ", left out"),
            Some(Verdict::Unknown) | None => Ok(()),
        }
    }

    /// How many bytes there are, no more.
    pub fn count(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        plural(field.bytes().len() as u64, f)
    }

    /// Text as it is, control characters escaped.
    pub fn text(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}", field.bytes().escape_ascii())
    }

    /// How many bytes there are, and the first of them where they are text.
    pub fn data(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        const MOST: usize = 32;
        count(field, f)?;
        let shown = &field.bytes()[..field.bytes().len().min(MOST)];
        let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n');
        if shown.iter().all(is_text) {
            write!(f, ", \"{}", shown.escape_ascii())?;
            let more = field.bytes().len() > MOST;
            write!(f, "{}\"", if more { "…" } else { "" })?;
        }
        Ok(())
    }

    pub fn bytes(field: &Field<'_>, f: &mut Formatter<'_>) -> Result {
        for (index, byte) in field.bytes().iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{byte:02x}")?;
        }
        Ok(())
    }

    pub fn plural(count: u64, f: &mut Formatter<'_>) -> Result {
        let s = if count == 1 { "" } else { "s" };
        write!(f, "{count} byte{s}")
    }
}
