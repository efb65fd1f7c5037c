//! Fields that are smaller than a byte.
//!
//! ```text
//! the first byte of an IPv4 header        RFC 791, section 3.1
//!
//!   bit   0 1 2 3   4 5 6 7               bit 0 is the most significant
//!         0 1 0 0   0 1 0 1               0x45
//!         version   IHL
//! ```

use lesson_byte_order::Be16;
use narrator::{Trouble, line};

/// Takes two fields out of a byte, then two out of two bytes.
pub fn run() -> Result<(), Trouble> {
    one_byte(0x45);
    line("");
    two_bytes([0x01, 0x72]);
    Ok(())
}

fn one_byte(byte: u8) {
    let (version, ihl) = version_and_length(byte);
    let bytes = ihl * 4;
    row("byte", byte.into(), 8, format!("{byte:#04x}, the first of IPv4"));
    row("byte >> 4", version.into(), 8, format!("version {version}"));
    let what = format!("IHL {ihl}: a header of {ihl} x 4 = {bytes} bytes");
    row("byte & 0x0f", ihl.into(), 8, what);
    let again = first_byte(version, ihl);
    let how = format!("{version} << 4 | {ihl}");
    row(&how, again.into(), 8, format!("{again:#04x} again"));
}

fn two_bytes(bytes: [u8; 2]) {
    let [first, second] = bytes;
    let word = Be16::from_bytes(bytes).to_host();
    let (more, offset) = fragment(word);
    let at = u32::from(offset) * 8;
    row("word", word, 16, format!("bytes {first:02x} {second:02x}"));
    let what = format!("more fragments: {more}");
    row("word >> 13 & 1", more.into(), 16, what);
    let what = format!("offset {offset} x 8 = {at}");
    row("word & 0x1fff", offset, 16, what);

    let word = u16::from_le_bytes(bytes);
    let (more, offset) = fragment(word);
    let at = u32::from(offset) * 8;
    row("unswapped", word, 16, format!("{word:#06x}"));
    let what = format!("more fragments: {more}, offset {at}");
    row("word & 0x1fff", offset, 16, what);
}

// ANCHOR: fields
/// The two fields in the first byte of an IPv4 header.
fn version_and_length(byte: u8) -> (u8, u8) {
    let version = byte >> 4; // the upper four bits, moved down
    let ihl = byte & 0x0f; // the lower four; all others become 0
    (version, ihl)
}

/// The way back: each field is moved to its place, and they are joined.
fn first_byte(version: u8, ihl: u8) -> u8 {
    version << 4 | ihl
}

/// The flag "more fragments" and the fragment offset. They share two bytes,
/// so these must be one number, in the machine's order, before the bits are
/// taken out.
fn fragment(word: u16) -> (bool, u16) {
    (word >> 13 & 1 == 1, word & 0x1fff)
}
// ANCHOR_END: fields

/// A number in binary, in groups of four bits, and what it means.
fn row(how: &str, number: u16, bits: usize, what: String) {
    let digits = format!("{number:0bits$b}");
    let groups: Vec<_> =
        digits.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    let groups = groups.join(" ");
    line(format_args!("{how:<15} {groups:<19}  {what}"));
}
