//! What packing and unpacking must get right.

use support::check::{Broken, Bytes, Log, Told, check, dump};

use super::exercise::*;

fn first(
    log: &Log,
    version: u8,
    length: usize,
    due: Result<u8, Refused>,
) -> Result<(), Broken> {
    let told = format!("version {version}, header {length} bytes");
    log.afresh().note("pack", told, "");
    let bytes = |byte| Bytes(vec![byte]);
    log.expect(due.map(bytes), pack_first(version, length).map(bytes))
}

fn fragment(
    log: &Log,
    (dont_fragment, more_fragments, offset): (bool, bool, usize),
    due: Result<[u8; 2], Refused>,
) -> Result<(), Broken> {
    let given = Fragment { dont_fragment, more_fragments, offset };
    let told = format!("D {dont_fragment}, M {more_fragments}, {offset}");
    log.afresh().note("pack", told, "");
    let bytes = |bytes: [u8; 2]| Bytes(bytes.to_vec());
    log.expect(due.map(bytes), pack_fragment(given).map(bytes))
}

fn says(
    log: &Log,
    bytes: [u8; 2],
    (dont_fragment, more_fragments, offset): (bool, bool, usize),
) -> Result<(), Broken> {
    log.afresh().note("unpack", dump(&bytes), "");
    let told = |f: Fragment| {
        let (d, m) = (f.dont_fragment, f.more_fragments);
        Told(format!("D {d}, M {m}, offset {}", f.offset))
    };
    let due = Fragment { dont_fragment, more_fragments, offset };
    log.expect(told(due), told(unpack_fragment(bytes)))
}

fn flow(
    log: &Log,
    (class, label): (u8, u32),
    due: Result<[u8; 4], Refused>,
) -> Result<(), Broken> {
    let told = format!("class {class:#x}, label {label:#x}");
    log.afresh().note("pack", told, "");
    let bytes = |bytes: [u8; 4]| Bytes(bytes.to_vec());
    log.expect(due.map(bytes), pack_flow(class, label).map(bytes))
}

fn flows(log: &Log, bytes: [u8; 4], due: Flow) -> Result<(), Broken> {
    log.afresh().note("unpack", dump(&bytes), "");
    let told = |Flow { version, class, label }: Flow| {
        Told(format!("version {version}, class {class:#x}, label {label:#x}"))
    };
    log.expect(told(due), told(unpack_flow(bytes)))
}

#[test]
fn the_version_is_the_upper_half() {
    check("02", "Bits within bytes")
        .because(
            "The upper four bits are the version, the lower four IHL. 45 is \
             version 4 and a header of 5 words, which are 20 bytes.",
        )
        .run(|log| {
            first(log, 4, 20, Ok(0x45))?;
            first(log, 4, 60, Ok(0x4f))?;
            first(log, 6, 0, Ok(0x60))?;
            first(log, 15, 28, Ok(0xf7))
        });
}

#[test]
fn the_first_byte_is_taken_apart() {
    check("02", "Bits within bytes")
        .because(
            "A shift by four bits drops the lower half, a mask of 0f the \
             upper one. The lower half counts words of 4 bytes.",
        )
        .run(|log| {
            for (byte, due) in [
                (0x45, (4, 20)),
                (0x4f, (4, 60)),
                (0xf0, (15, 0)),
                (6, (0, 24)),
            ] {
                log.afresh().note("unpack", dump(&[byte]), "");
                let told = |(version, length): (u8, usize)| {
                    Told(format!("version {version}, header {length} bytes"))
                };
                log.expect(told(due), told(unpack_first(byte)))?;
            }
            Ok(())
        });
}

#[test]
fn a_half_holds_fifteen_at_most() {
    check("02", "Bits within bytes")
        .because(
            "Four bits hold 0 to 15. A greater number must be refused: \
             joined as it is, it spills into its neighbour, and masked, it \
             becomes another number.",
        )
        .run(|log| {
            let refused = Err(Refused::TooLarge);
            first(log, 16, 20, refused)?;
            first(log, 0x84, 20, refused)?;
            first(log, 4, 64, refused)?;
            first(log, 4, 84, refused)?;
            first(log, 4, 1044, refused)
        });
}

#[test]
fn a_header_is_whole_words() {
    check("02", "Bits within bytes")
        .because(
            "The field counts words of 4 bytes, so no header has 21 bytes: \
             a length rounded to 20 or 24 is another one.",
        )
        .run(|log| {
            for length in [21, 22, 23, 1, 59] {
                first(log, 4, length, Err(Refused::NotInUnits))?;
            }
            Ok(())
        });
}

#[test]
fn flags_stand_above_the_offset() {
    check("02", "Bits within bytes")
        .because(
            "D is 40 and M is 20 of the first byte. The bit above them, 80, \
             is reserved: write it as 0.",
        )
        .run(|log| {
            fragment(log, (true, false, 0), Ok([0x40, 0]))?;
            fragment(log, (false, true, 0), Ok([0x20, 0]))?;
            fragment(log, (true, true, 0), Ok([0x60, 0]))?;
            fragment(log, (false, false, 0), Ok([0, 0]))
        });
}

#[test]
fn flags_are_told_apart() {
    check("02", "Bits within bytes")
        .because(
            "Each flag is one bit of the first byte: D is 40, M is 20. The \
             offset's bits are none of them.",
        )
        .run(|log| {
            says(log, [0x40, 0], (true, false, 0))?;
            says(log, [0x20, 0], (false, true, 0))?;
            says(log, [0x60, 0], (true, true, 0))?;
            says(log, [0x1f, 0xff], (false, false, 65_528))
        });
}

#[test]
fn the_offset_counts_units_of_eight_bytes() {
    check("02", "Bits within bytes")
        .because(
            "1480 bytes are 185 units of 8 bytes: 00 b9. The offset takes \
             the lower five bits of the first byte and all of the second, \
             the more significant ones first.",
        )
        .run(|log| {
            fragment(log, (false, false, 1480), Ok([0, 0xb9]))?;
            fragment(log, (false, true, 2960), Ok([0x21, 0x72]))?;
            fragment(log, (false, false, 65_528), Ok([0x1f, 0xff]))?;
            says(log, [0, 0xb9], (false, false, 1480))?;
            says(log, [0x21, 0x72], (false, true, 2960))?;
            says(log, [0x10, 0], (false, false, 32_768))
        });
}

#[test]
fn the_reserved_bit_means_nothing() {
    check("02", "Bits within bytes")
        .because(
            "A receiver ignores a reserved bit. It is no flag, and no part \
             of the offset either.",
        )
        .run(|log| {
            says(log, [0x80, 0], (false, false, 0))?;
            says(log, [0xc0, 1], (true, false, 8))?;
            says(log, [0xff, 0xff], (true, true, 65_528))
        });
}

#[test]
fn an_offset_has_thirteen_bits() {
    check("02", "Bits within bytes")
        .because(
            "The greatest offset is 8191 units: 65,528 bytes. One more has \
             a bit where the flag M stands, and would be read as a flag.",
        )
        .run(|log| {
            for offset in [65_536, 65_544, 131_072, 1 << 19, usize::MAX] {
                let refused = Err(Refused::TooLarge);
                fragment(log, (false, false, offset), refused)?;
            }
            Ok(())
        });
}

#[test]
fn an_offset_is_whole_units() {
    check("02", "Bits within bytes")
        .because(
            "Every fragment but the last carries a multiple of 8 bytes, so \
             that the next one's offset can be written. Rounded, it would \
             put the bytes in the wrong place.",
        )
        .run(|log| {
            for offset in [1, 4, 1479, 1484, 65_527] {
                let refused = Err(Refused::NotInUnits);
                fragment(log, (false, true, offset), refused)?;
            }
            Ok(())
        });
}

#[test]
fn a_field_may_lie_across_two_bytes() {
    check("02", "Bits within bytes")
        .because(
            "The traffic class has its upper four bits in the first byte and \
             its lower four in the second. Make one number of all four \
             bytes: version at bit 28, class at bit 20, label at bit 0.",
        )
        .run(|log| {
            flow(log, (0xab, 0xc_def0), Ok([0x6a, 0xbc, 0xde, 0xf0]))?;
            flow(log, (0, 1), Ok([0x60, 0, 0, 1]))?;
            flow(log, (0xff, 0), Ok([0x6f, 0xf0, 0, 0]))?;
            flow(log, (0, 0xf_ffff), Ok([0x60, 0x0f, 0xff, 0xff]))
        });
}

#[test]
fn a_field_across_two_bytes_is_read() {
    check("02", "Bits within bytes")
        .because(
            "Four bits of version, eight of class, twenty of label, from \
             the top. A shift drops what is below a field; a mask or a cast \
             drops what is above it.",
        )
        .run(|log| {
            let due = Flow { version: 6, class: 0xab, label: 0xc_def0 };
            flows(log, [0x6a, 0xbc, 0xde, 0xf0], due)?;
            let due = Flow { version: 4, class: 0x50, label: 0x21 };
            flows(log, [0x45, 0, 0, 0x21], due)?;
            let due = Flow { version: 15, class: 0xff, label: 0xf_ffff };
            flows(log, [0xff; 4], due)
        });
}

#[test]
fn a_label_has_twenty_bits() {
    check("02", "Bits within bytes")
        .because(
            "Twenty bits hold up to 1,048,575. The bit above is the traffic \
             class's lowest.",
        )
        .run(|log| {
            for label in [1 << 20, 0x12_3456, u32::MAX] {
                flow(log, (0, label), Err(Refused::TooLarge))?;
            }
            Ok(())
        });
}
