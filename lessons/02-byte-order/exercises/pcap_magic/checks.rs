//! What `read_header` and `read_time` must withstand.

use std::time::Duration;

use support::check::{Broken, Log, Told, check, dump};

use super::exercise::*;

/// The headers of one capture, as each kind of machine writes it.
const BIG: &[u8; 24] = b"\xa1\xb2\xc3\xd4\x00\x02\x00\x04\
    \0\0\0\0\0\0\0\0\x00\x04\x00\x00\x00\x00\x00\x71";
const LITTLE: &[u8; 24] = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\
    \0\0\0\0\0\0\0\0\x00\x00\x04\x00\x71\x00\x00\x00";

const NANO_BIG: [u8; 4] = [0xa1, 0xb2, 0x3c, 0x4d];
const NANO_LITTLE: [u8; 4] = [0x4d, 0x3c, 0xb2, 0xa1];

/// A header with other bytes from a place on.
fn with(header: &[u8; 24], at: usize, bytes: &[u8]) -> [u8; 24] {
    let mut header = *header;
    header[at..at + bytes.len()].copy_from_slice(bytes);
    header
}

/// Claims what one part of a header is, with a packet behind it.
fn tells<T: std::fmt::Debug>(
    log: &Log,
    bytes: &[u8],
    name: &str,
    due: T,
    get: fn(Header) -> T,
) -> Result<(), Broken> {
    let file = [bytes, &[0xee; 8]].concat();
    log.afresh().note("file", dump(&file), "");
    log.note("field", name, "");
    let got = match read_header(&file) {
        Ok(header) => format!("{:?}", get(header)),
        Err(why) => format!("Err({why:?})"),
    };
    log.expect(Told(format!("{due:?}")), Told(got))
}

/// Claims that the bytes are refused, and why.
fn refuses(log: &Log, bytes: &[u8], why: Refused) -> Result<(), Broken> {
    log.afresh().note("file", dump(bytes), "");
    log.expect(Err::<(), _>(why), read_header(bytes).map(drop))
}

/// Claims the time that eight bytes tell in a file of this kind.
fn counts(
    log: &Log,
    (order, resolution): (Order, Resolution),
    bytes: [u8; 8],
    due: Duration,
) -> Result<(), Broken> {
    log.afresh().note("order", format!("{order:?}"), "");
    log.note("counts", format!("{resolution:?}"), "");
    log.note("time", dump(&bytes), "");
    let (version, snapshot, link_type) = ((2, 4), 0x4_0000, 1);
    let header = Header { order, resolution, version, snapshot, link_type };
    log.expect(due, read_time(&header, bytes))
}

#[test]
fn the_magic_number_tells_the_order() {
    check("02", "Which order is this file in")
        .because(
            "The number is 0xa1b2c3d4 for every writer. A big-endian one \
             puts a1 first, a little-endian one d4: the bytes as they lie in \
             the file tell which it was. Neither depends on your machine.",
        )
        .run(|log| {
            tells(log, BIG, "order", Order::Big, |h| h.order)?;
            tells(log, LITTLE, "order", Order::Little, |h| h.order)
        });
}

#[test]
fn the_magic_number_tells_the_resolution() {
    check("02", "Which order is this file in")
        .because(
            "0xa1b2c3d4 is for microseconds. For nanoseconds the two lower \
             bytes have their halves swapped: 0xa1b23c4d, and in a \
             little-endian file 4d 3c b2 a1.",
        )
        .run(|log| {
            let kind = |h: Header| (h.resolution, h.order);
            let name = "resolution, order";
            let (micro, nano) = (Resolution::Micro, Resolution::Nano);
            tells(log, BIG, name, (micro, Order::Big), kind)?;
            tells(log, LITTLE, name, (micro, Order::Little), kind)?;
            let big = with(BIG, 0, &NANO_BIG);
            tells(log, &big, name, (nano, Order::Big), kind)?;
            let little = with(LITTLE, 0, &NANO_LITTLE);
            tells(log, &little, name, (nano, Order::Little), kind)
        });
}

#[test]
fn every_number_is_in_the_order_of_the_file() {
    check("02", "Which order is this file in")
        .because(
            "The magic number tells the order of the whole file: read all \
             that follows in it. The snapshot length here is 262,144 in \
             both files, 0x00040000.",
        )
        .run(|log| {
            tells(log, BIG, "snapshot", 262_144, |h| h.snapshot)?;
            tells(log, LITTLE, "snapshot", 262_144, |h| h.snapshot)?;
            let bytes = [0xff, 0xff, 0, 0];
            let big = with(BIG, 16, &bytes);
            tells(log, &big, "snapshot", 0xffff_0000, |h| h.snapshot)?;
            let little = with(LITTLE, 16, &bytes);
            tells(log, &little, "snapshot", 0xffff, |h| h.snapshot)
        });
}

#[test]
fn the_version_is_two_numbers() {
    check("02", "Two ways to write a number")
        .because(
            "Major and minor are two bytes each, and each in the file's \
             order. Read as one number of four bytes and swapped so, they \
             would change places.",
        )
        .run(|log| {
            tells(log, BIG, "version", (2, 4), |h| h.version)?;
            tells(log, LITTLE, "version", (2, 4), |h| h.version)
        });
}

#[test]
fn the_link_type_is_the_lower_half_of_its_word() {
    check("02", "Bits within bytes")
        .because(
            "The lower 16 bits of a number are its last two bytes in a \
             big-endian file, and its first two in a little-endian one. \
             Read the whole word in the file's order, then cut.",
        )
        .run(|log| {
            tells(log, BIG, "link_type", 113, |h| h.link_type)?;
            tells(log, LITTLE, "link_type", 113, |h| h.link_type)?;
            let big = with(BIG, 20, &[0x44, 0, 0x01, 0x14]);
            tells(log, &big, "link_type", 276, |h| h.link_type)?;
            let little = with(LITTLE, 20, &[0x14, 0x01, 0, 0x44]);
            tells(log, &little, "link_type", 276, |h| h.link_type)
        });
}

#[test]
fn other_files_are_refused() {
    check("02", "Which order is this file in")
        .because(
            "These four bytes are no magic number of pcap, in no order. \
             0a 0d 0d 0a begins the newer format pcapng, which is another. \
             A guess would make nonsense of every number that follows.",
        )
        .run(|log| {
            for magic in [
                *b"\x0a\x0d\x0d\x0a",
                *b"GET ",
                *b"\0\0\0\0",
                *b"\xb2\xa1\xd4\xc3",
                *b"\xc3\xd4\xa1\xb2",
                *b"\xa1\xb2\xc3\x4d",
                *b"\xd4\x3c\xb2\xa1",
                *b"\xd4\xc3\xb2\xa0",
            ] {
                let file = with(LITTLE, 0, &magic);
                refuses(log, &file, Refused::NoCapture)?;
                refuses(log, &magic, Refused::NoCapture)?;
            }
            Ok(())
        });
}

#[test]
fn a_file_may_end_too_soon() {
    check("02", "Which order is this file in")
        .because(
            "A capture that was cut short, or an empty file. Under four \
             bytes there is no magic number, under 24 no header, and \
             nothing to index.",
        )
        .run(|log| {
            for kept in 0..24 {
                refuses(log, &BIG[..kept], Refused::TooShort)?;
                refuses(log, &LITTLE[..kept], Refused::TooShort)?;
            }
            refuses(log, b"GET", Refused::TooShort)
        });
}

#[test]
fn a_header_alone_is_a_capture() {
    check("02", "Which order is this file in")
        .because(
            "All 24 bytes are there. Nothing was captured, and that is no \
             fault of the file.",
        )
        .run(|log| {
            for file in [BIG, LITTLE] {
                log.afresh().note("file", dump(file), "");
                log.expect(Ok(()), read_header(file).map(drop))?;
            }
            Ok(())
        });
}

#[test]
fn a_time_is_in_the_order_of_the_file() {
    check("02", "Which order is this file in")
        .because(
            "Both numbers of a time stand in the order that the magic \
             number told, as all numbers of the file do.",
        )
        .run(|log| {
            let due = Duration::from_micros(1_700_000_000_250_000);
            let big = [0x65, 0x53, 0xf1, 0, 0, 0x03, 0xd0, 0x90];
            counts(log, (Order::Big, Resolution::Micro), big, due)?;
            let little = [0, 0xf1, 0x53, 0x65, 0x90, 0xd0, 0x03, 0];
            counts(log, (Order::Little, Resolution::Micro), little, due)
        });
}

#[test]
fn the_resolution_says_what_a_time_counts() {
    check("02", "Which order is this file in")
        .because(
            "250,000 is a quarter of a second in microseconds, and a \
             quarter of a millisecond in nanoseconds. A mix-up puts packets \
             in the wrong order or spreads them over minutes.",
        )
        .run(|log| {
            let bytes = [0, 0, 0, 7, 0, 0x03, 0xd0, 0x90];
            let micro = Duration::from_micros(7_250_000);
            counts(log, (Order::Big, Resolution::Micro), bytes, micro)?;
            let nano = Duration::from_nanos(7_000_250_000);
            counts(log, (Order::Big, Resolution::Nano), bytes, nano)
        });
}

#[test]
fn a_part_above_a_second_is_added() {
    check("02", "Which order is this file in")
        .because(
            "No writer should do this, and any file may: the part is above \
             a second. 4,294,967,295 microseconds are 4294 seconds and some, \
             and times 1000 they don't fit a u32.",
        )
        .run(|log| {
            let bytes = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff];
            let micro = Duration::from_micros(4_295_967_295);
            counts(log, (Order::Big, Resolution::Micro), bytes, micro)?;
            let nano = Duration::from_nanos(5_294_967_295);
            counts(log, (Order::Big, Resolution::Nano), bytes, nano)?;
            let last = Duration::new(4_294_971_589, 967_295_000);
            counts(log, (Order::Little, Resolution::Micro), [0xff; 8], last)
        });
}
