//! A header written by hand, and why it can't be copied out of a struct.
//!
//! Two fields, five bytes on the wire. In memory the struct may take eight,
//! with three bytes in the middle that nobody wrote.

use std::mem::{align_of, offset_of};

use lesson_byte_order::{Be32, Header, WireHeader};
use narrator::{Trouble, line};

// ANCHOR: structs
/// The fields in the order in which they were thought of.
#[repr(C)]
struct Naive {
    kind: u8,
    length: u32,
}

/// The large field first.
#[repr(C)]
struct LargeFirst {
    length: u32,
    kind: u8,
}

/// A checksum of one byte behind it.
#[repr(C)]
struct Checked {
    kind: u8,
    length: u32,
    sum: u8,
}
// ANCHOR_END: structs

/// Writes a header, reads it back, and looks at four layouts.
pub fn run() -> Result<(), Trouble> {
    by_hand(Header { kind: 1, length: 300 });
    line("");
    layouts();
    Ok(())
}

/// Field by field, each at its place.
fn by_hand(header: Header) {
    let bytes = header.to_bytes();
    let Header { kind, length } = header;
    line("        field         value  bytes on the wire");
    field("write", "kind", kind.into(), &bytes[..1]);
    field("write", "length", length, &bytes[1..]);
    let again = Header::from_bytes(bytes);
    field("read", "kind", again.kind.into(), &bytes[..1]);
    field("read", "length", again.length, &bytes[1..]);
    let [_, length @ ..] = bytes;
    // What a reader gets that takes the sender for its like.
    field("wrong", "length", u32::from_le_bytes(length), &length);
}

fn field(what: &str, name: &str, value: u32, bytes: &[u8]) {
    let bytes: Vec<_> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let bytes = bytes.join(" ");
    line(format_args!("{what:<7} {name:<7} {value:>11}  {bytes}"));
}

/// What the compiler makes of the same fields.
fn layouts() {
    line("struct, repr(C)        fields  size  align  offsets");
    Layout {
        name: "kind u8, length u32",
        fields: size_of::<u8>() + size_of::<u32>(),
        size: size_of::<Naive>(),
        align: align_of::<Naive>(),
        offsets: &[offset_of!(Naive, kind), offset_of!(Naive, length)],
    }
    .tell();
    Layout {
        name: "length u32, kind u8",
        fields: size_of::<u32>() + size_of::<u8>(),
        size: size_of::<LargeFirst>(),
        align: align_of::<LargeFirst>(),
        offsets: &[
            offset_of!(LargeFirst, length),
            offset_of!(LargeFirst, kind),
        ],
    }
    .tell();
    Layout {
        name: "kind, length, sum u8",
        fields: size_of::<u8>() + size_of::<u32>() + size_of::<u8>(),
        size: size_of::<Checked>(),
        align: align_of::<Checked>(),
        offsets: &[
            offset_of!(Checked, kind),
            offset_of!(Checked, length),
            offset_of!(Checked, sum),
        ],
    }
    .tell();
    Layout {
        name: "kind u8, length Be32",
        fields: size_of::<u8>() + size_of::<Be32>(),
        size: size_of::<WireHeader>(),
        align: align_of::<WireHeader>(),
        offsets: &[
            offset_of!(WireHeader, kind),
            offset_of!(WireHeader, length),
        ],
    }
    .tell();
}

/// How many bytes a struct's fields have, how many it takes, and where each
/// field begins.
struct Layout {
    name: &'static str,
    fields: usize,
    size: usize,
    align: usize,
    offsets: &'static [usize],
}

impl Layout {
    fn tell(&self) {
        let Layout { name, fields, size, align, offsets } = self;
        let offsets: Vec<_> = offsets.iter().map(usize::to_string).collect();
        let offsets = offsets.join(" ");
        line(format_args!(
            "{name:<22} {fields:>6}  {size:>4}  {align:>5}  {offsets}"
        ));
    }
}
