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

/// Tells how many bytes a struct's fields have, how many it takes, its
/// alignment, and where each field begins: all by the compiler's own word.
macro_rules! layout {
    ($name:literal, $struct:ident { $($field:ident: $type:ty),+ }) => {{
        let fields = 0 $(+ size_of::<$type>())+;
        let (size, align) = (size_of::<$struct>(), align_of::<$struct>());
        let offsets = [$(offset_of!($struct, $field).to_string()),+].join(" ");
        line(format_args!(
            "{:<22} {fields:>6}  {size:>4}  {align:>5}  {offsets}",
            $name
        ));
    }};
}

/// What the compiler makes of the same fields.
fn layouts() {
    line("struct, repr(C)        fields  size  align  offsets");
    layout!("kind u8, length u32", Naive { kind: u8, length: u32 });
    layout!("length u32, kind u8", LargeFirst { length: u32, kind: u8 });
    layout!("kind, length, sum u8", Checked { kind: u8, length: u32, sum: u8 });
    layout!("kind u8, length Be32", WireHeader { kind: u8, length: Be32 });
}
