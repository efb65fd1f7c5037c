//! Files that say in which order they are, and texts that don't.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use lesson_byte_order::{Mark, Order};
use narrator::{During, Trouble, line};

/// How much of a file we look at: the header of a capture has 24 bytes.
const HEAD: u64 = 24;

/// Looks at a file's first bytes, or at five examples.
pub fn run(file: Option<PathBuf>) -> Result<(), Trouble> {
    if let Some(path) = file {
        let bytes = head(&path)?;
        tell(&path.display().to_string(), &bytes);
        return Ok(());
    }
    marked();
    line("");
    unmarked();
    Ok(())
}

/// The first bytes of a file, fewer if it has fewer.
fn head(path: &Path) -> Result<Vec<u8>, Trouble> {
    let doing = format!("read {}", path.display());
    let file = File::open(path).during(&doing)?;
    let mut bytes = Vec::new();
    file.take(HEAD).read_to_end(&mut bytes).during(&doing)?;
    Ok(bytes)
}

/// The header of a capture twice, and a text twice.
fn marked() {
    // magic, version 2.4, two fields of 0, at most 65535 bytes of each
    // frame, link type 1: Ethernet.
    const BIG: &[u8] =
        b"\xa1\xb2\xc3\xd4\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\x01";
    const LITTLE: &[u8] =
        b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0";
    tell("capture", BIG);
    tell("capture", LITTLE);
    tell("text", b"\xfe\xff\x04\x01\x04\x1e");
    tell("text", b"\xff\xfe\x01\x04\x1e\x04");
    tell("text", "\u{feff}ЁО".as_bytes());
}

/// A text that says nothing: both readings make sense to a program.
fn unmarked() {
    let bytes = *b"\x04\x01\x04\x1e";
    tell("text", &bytes);
    for order in [Order::Big, Order::Little] {
        let read = format!("read as {}", order.name());
        line(format_args!("  {read:<22} {}", text(order, &bytes)));
    }
}

/// The first bytes, what they say, and what the next ones mean then.
fn tell(what: &str, bytes: &[u8]) {
    let first: Vec<_> =
        bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let what = format!("{what}:");
    line(format!("{what:<9} {}", first.join(" ")).trim_end());
    let Some(mark) = Mark::of(bytes) else {
        return line("  no mark that we know: the order can't be told");
    };
    match mark {
        Mark::Pcap(order) => capture("pcap", order, bytes),
        Mark::PcapNanoseconds(order) => {
            capture("pcap, nanoseconds", order, bytes)
        }
        Mark::Utf16(order) => {
            let name = format!("UTF-16, {}", order.name());
            line(format_args!("  {name:<22} {}", text(order, &bytes[2..])));
        }
        Mark::Utf8 => line("  UTF-8: bytes, in one order on every machine"),
    }
}

// ANCHOR: capture
/// Reads the version and the link type in the order that the magic told:
/// the header has them at bytes 4 and 6, and at 20.
fn capture(name: &str, order: Order, bytes: &[u8]) {
    let name = format!("{name}, {}", order.name());
    let Ok(header) = <[u8; 24]>::try_from(bytes) else {
        let count = bytes.len();
        return line(format_args!("  {name}, cut off after {count} of 24"));
    };
    let [_, _, _, _, a, b, c, d, .., w, x, y, z] = header;
    let (major, minor) = (order.u16([a, b]), order.u16([c, d]));
    // The upper half may speak of the frames' checks: pcap-savefile(5).
    let link = order.u32([w, x, y, z]) & 0xffff;
    let what = format!("version {major}.{minor}, link type {link}");
    line(format_args!("  {name:<22} {what}"));
}
// ANCHOR_END: capture

/// The characters of a text in UTF-16, with their numbers.
fn text(order: Order, bytes: &[u8]) -> String {
    let pairs = bytes.chunks_exact(2).map(|pair| order.u16([pair[0], pair[1]]));
    let units: Vec<_> = pairs.collect();
    let names: Vec<_> = units.iter().map(|u| format!("U+{u:04X}")).collect();
    // Escaped: a file may hold what would command the terminal.
    let text = String::from_utf16_lossy(&units).escape_debug().to_string();
    format!("{text}  {}", names.join(" "))
}
