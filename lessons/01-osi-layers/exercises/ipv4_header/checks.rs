//! What `parse` must withstand.

use std::net::Ipv4Addr;

use support::check::{Broken, Bytes, Log, Show, check, dump};
use support::random::Random;

use super::exercise::*;

/// A UDP datagram that Linux sent: 33 bytes, no options.
const PLAIN: &[u8] = b"\x45\x00\x00\x21\x44\x4f\x40\x00\x40\x11\xe2\x7a\
    \x0a\x00\x00\x01\x0a\x00\x00\x02\
    \x9c\x40\x23\x28\x00\x0d\xe8\x96hello";

/// The same with an option of 8 bytes (record route) in its header.
const WITH_OPTIONS: &[u8] = b"\x47\x00\x00\x29\x44\x53\x00\x00\x40\x11\x10\x5d\
    \x0a\x00\x00\x01\x0a\x00\x00\x02\
    \x07\x07\x08\x0a\x00\x00\x01\x01\
    \x9c\x40\x23\x28\x00\x0d\xe8\x96hello";

/// The headers of a packet of 1,828 bytes that Linux cut in two.
const FIRST_FRAGMENT: &[u8] = b"\x45\x00\x05\xdc\x44\x52\x20\x00\x40\x11\
    \xfc\xbc\x0a\x00\x00\x01\x0a\x00\x00\x02";
const LAST_FRAGMENT: &[u8] = b"\x45\x00\x01\x5c\x44\x52\x00\xb9\x40\x11\
    \x20\x84\x0a\x00\x00\x01\x0a\x00\x00\x02";

/// Claims what one field of the packet is.
fn field<T: PartialEq + Show>(
    log: &Log,
    bytes: &[u8],
    name: &str,
    due: T,
    get: impl FnOnce(&Packet<'_>) -> T,
) -> Result<(), Broken> {
    log.afresh().note("packet", dump(bytes), "");
    log.note("field", name, "");
    log.expect(Ok::<T, Refused>(due), parse(bytes).map(|p| get(&p)))
}

/// Claims that the bytes are refused, and why.
fn refuses(log: &Log, bytes: &[u8], why: Refused) -> Result<(), Broken> {
    log.afresh().note("packet", dump(bytes), "");
    log.note("in all", format!("{} bytes", bytes.len()), "");
    log.expect(Err::<(), _>(why), parse(bytes).map(drop))
}

/// A packet with other bytes in some places.
fn with(packet: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    for (at, byte) in changes {
        packet[*at] = *byte;
    }
    packet
}

/// A fragment's header with as many bytes behind it as it claims.
fn filled(header: &[u8]) -> Vec<u8> {
    let total = u16::from_be_bytes([header[2], header[3]]);
    let mut packet = header.to_vec();
    packet.resize(usize::from(total), b'.');
    packet
}

#[test]
fn the_header_length_counts_words_of_four_bytes() {
    check("01", "IPv4")
        .because(
            "IHL is 5 where the header has 20 bytes, 7 where it has 28 and \
             15 where it has 60: four times as many bytes. It is the lower \
             half of byte 0; the upper half is the version.",
        )
        .run(|log| {
            for (first, due) in [(0x45, 20), (0x47, 28), (0x4f, 60)] {
                let mut packet = with(PLAIN, &[(0, first), (2, 1), (3, 1)]);
                packet.resize(400, 0);
                field(log, &packet, "header_length", due, |p| p.header_length)?;
            }
            Ok(())
        });
}

#[test]
fn numbers_are_big_endian() {
    check("01", "IPv4")
        .because(
            "Of two bytes the first is the higher one: 05 dc is 1500, not \
             56325. `u16::from_be_bytes` reads them so on every machine.",
        )
        .run(|log| {
            let mut packet = filled(FIRST_FRAGMENT);
            packet.resize(3000, 0);
            field(log, &packet, "total_length", 1500, |p| p.total_length)?;
            field(log, &packet, "identification", 0x4452_u16, |p| {
                p.identification
            })
        });
}

#[test]
fn the_total_length_counts_the_header_too() {
    check("01", "IPv4")
        .because(
            "The total length is 33 and counts from the packet's first byte. \
             The header takes 20 of them, so the payload is the 13 bytes \
             from byte 20 to byte 32, and there are no options.",
        )
        .run(|log| {
            let no_bytes = Bytes(Vec::new());
            let payload = Bytes(PLAIN[20..].to_vec());
            field(log, PLAIN, "payload", payload, |p| {
                Bytes(p.payload.to_vec())
            })?;
            field(log, PLAIN, "options", no_bytes, |p| {
                Bytes(p.options.to_vec())
            })
        });
}

#[test]
fn addresses_are_read() {
    check("01", "IPv4")
        .because(
            "The source stands in bytes 12 to 15, the destination in bytes \
             16 to 19, in the order in which an address is written.",
        )
        .run(|log| {
            let source = Ipv4Addr::new(10, 0, 0, 1).to_string();
            let destination = Ipv4Addr::new(10, 0, 0, 2).to_string();
            field(log, PLAIN, "source", source, |p| p.source.to_string())?;
            field(log, PLAIN, "destination", destination, |p| {
                p.destination.to_string()
            })?;
            let far = with(PLAIN, &[(12, 192), (13, 0), (14, 2), (15, 33)]);
            let source = "192.0.2.33".to_string();
            field(log, &far, "source", source, |p| p.source.to_string())
        });
}

#[test]
fn time_to_live_and_protocol_are_read() {
    check("01", "IPv4")
        .because("Byte 8 is the time to live, byte 9 the protocol.")
        .run(|log| {
            field(log, PLAIN, "time_to_live", 64, |p| p.time_to_live.into())?;
            field(log, PLAIN, "protocol", 17, |p| i32::from(p.protocol))?;
            let last_hop = with(PLAIN, &[(8, 1), (9, 6)]);
            field(log, &last_hop, "time_to_live", 1, |p| {
                i32::from(p.time_to_live)
            })?;
            field(log, &last_hop, "protocol", 6, |p| i32::from(p.protocol))
        });
}

#[test]
fn options_lie_between_byte_20_and_the_payload() {
    check("01", "IPv4")
        .because(
            "The header is 28 bytes long: 20 that every header has, and 8 of \
             options. The payload begins behind them. Most packets have no \
             options, which is why a fixed 20 seems to work.",
        )
        .run(|log| {
            let options = Bytes(b"\x07\x07\x08\x0a\0\0\x01\x01".to_vec());
            field(log, WITH_OPTIONS, "options", options, |p| {
                Bytes(p.options.to_vec())
            })?;
            let payload = Bytes(PLAIN[20..].to_vec());
            field(log, WITH_OPTIONS, "payload", payload, |p| {
                Bytes(p.payload.to_vec())
            })
        });
}

#[test]
fn padding_is_not_payload() {
    check("01", "IPv4")
        .because(
            "An Ethernet frame carries at least 46 bytes, and a shorter \
             packet is filled up with zeros. The total length says where \
             the packet ends; the rest is Ethernet's. A datagram of 5 bytes \
             would otherwise arrive with 13 zeros behind it.",
        )
        .run(|log| {
            let mut frame = PLAIN.to_vec();
            frame.resize(46, 0);
            let payload = Bytes(PLAIN[20..].to_vec());
            field(log, &frame, "payload", payload, |p| {
                Bytes(p.payload.to_vec())
            })?;
            field(log, &frame, "total_length", 33, |p| p.total_length)
        });
}

#[test]
fn a_packet_may_be_a_header_alone() {
    check("01", "When the lengths lie")
        .because(
            "The total length is the header's length. That is a packet that \
             carries nothing, and no error.",
        )
        .run(|log| {
            let packet = with(&PLAIN[..20], &[(3, 20)]);
            field(log, &packet, "payload", Bytes(Vec::new()), |p| {
                Bytes(p.payload.to_vec())
            })
        });
}

#[test]
fn flags_are_told_apart() {
    check("01", "Fragments")
        .because(
            "The three highest bits of byte 6 are reserved, don't fragment \
             and more fragments: 80, 40 and 20. The reserved bit means \
             nothing, and a receiver doesn't care about it.",
        )
        .run(|log| {
            for bits in 0..8_u8 {
                let packet = with(PLAIN, &[(6, bits << 5)]);
                let (due_d, due_m) = (bits & 2 != 0, bits & 1 != 0);
                field(log, &packet, "dont_fragment", due_d, |p| {
                    p.dont_fragment
                })?;
                field(log, &packet, "more_fragments", due_m, |p| {
                    p.more_fragments
                })?;
            }
            Ok(())
        });
}

#[test]
fn the_fragment_offset_counts_units_of_eight_bytes() {
    check("01", "Fragments")
        .because(
            "The second fragment goes where the first one ended: behind 1480 \
             bytes. On the wire that is 185, 00 b9, since the offset has \
             only 13 bits and counts units of 8 bytes.",
        )
        .run(|log| {
            let first = filled(FIRST_FRAGMENT);
            let last = filled(LAST_FRAGMENT);
            let offset = |p: &Packet<'_>| p.fragment_offset;
            field(log, &last, "fragment_offset", 1480, offset)?;
            field(log, &first, "fragment_offset", 0, offset)
        });
}

#[test]
fn the_fragment_offset_has_thirteen_bits() {
    check("01", "Fragments")
        .because(
            "The offset is bytes 6 and 7 without the three flags: five bits \
             of byte 6, all of byte 7. A flag that is taken for a part of \
             it moves the fragment by 8 KiB at least.",
        )
        .run(|log| {
            let offset = |p: &Packet<'_>| p.fragment_offset;
            for (six, seven, due) in [
                (0x00, 0x01, 8),
                (0x01, 0x00, 2048),
                (0x20, 0x02, 16),
                (0x40, 0x00, 0),
                (0x1f, 0xff, 65_528),
                (0xff, 0xff, 65_528),
            ] {
                let packet = with(PLAIN, &[(6, six), (7, seven)]);
                field(log, &packet, "fragment_offset", due, offset)?;
            }
            Ok(())
        });
}

#[test]
fn another_version_is_refused_first() {
    check("01", "IPv4")
        .because(
            "The version is not 4, so nothing behind it means what it means \
             in IPv4. An IPv6 packet begins with 60, and what would be its \
             IHL is the traffic class. No bytes have no version either.",
        )
        .run(|log| {
            let ipv6 = b"\x60\x00\x00\x00\x00\x0d\x11\x40";
            refuses(log, ipv6, Refused::NotVersion4)?;
            refuses(log, &with(PLAIN, &[(0, 0x65)]), Refused::NotVersion4)?;
            refuses(log, &with(PLAIN, &[(0, 0x54)]), Refused::NotVersion4)?;
            refuses(log, b"\x60", Refused::NotVersion4)?;
            refuses(log, b"", Refused::NotVersion4)
        });
}

#[test]
fn fewer_than_twenty_bytes_are_truncated() {
    check("01", "When the lengths lie")
        .because(
            "Every header has 20 bytes. Look at how many there are before \
             you take one by its number: an index behind the end is a panic, \
             and a server that panics on a short frame is easy to stop.",
        )
        .run(|log| {
            for length in 1..20 {
                refuses(log, &PLAIN[..length], Refused::Truncated)?;
            }
            Ok(())
        });
}

#[test]
fn a_header_shorter_than_itself_is_refused() {
    check("01", "When the lengths lie")
        .because(
            "An IHL under 5 says that the header ends before its own \
             destination address. Whoever believes that takes addresses for \
             payload.",
        )
        .run(|log| {
            for ihl in 0..5 {
                let packet = with(PLAIN, &[(0, 0x40 | ihl)]);
                refuses(log, &packet, Refused::HeaderTooShort)?;
            }
            Ok(())
        });
}

#[test]
fn a_header_longer_than_the_bytes_is_refused() {
    check("01", "When the lengths lie")
        .because(
            "The header claims more bytes than have come. A slice of that \
             length is a panic; in C it is a read of somebody else's memory.",
        )
        .run(|log| {
            let cut = &WITH_OPTIONS[..27];
            refuses(log, cut, Refused::HeaderTooLong)?;
            let packet = with(PLAIN, &[(0, 0x4f)]);
            refuses(log, &packet, Refused::HeaderTooLong)?;
            let packet = with(&PLAIN[..20], &[(0, 0x46)]);
            refuses(log, &packet, Refused::HeaderTooLong)
        });
}

#[test]
fn a_total_shorter_than_the_header_is_refused() {
    check("01", "When the lengths lie")
        .because(
            "The total length counts the header too, so it can't be less. \
             The difference is the payload's length: below zero it is a \
             panic, or a number near 2^64.",
        )
        .run(|log| {
            for total in [0, 1, 19] {
                let packet = with(PLAIN, &[(3, total)]);
                refuses(log, &packet, Refused::TotalTooShort)?;
            }
            let packet = with(WITH_OPTIONS, &[(3, 27)]);
            refuses(log, &packet, Refused::TotalTooShort)
        });
}

#[test]
fn a_total_longer_than_the_bytes_is_refused() {
    check("01", "When the lengths lie")
        .because(
            "The packet claims more bytes than have come: it was cut on the \
             way, or somebody lies. What is there must not be passed on as \
             if it were whole.",
        )
        .run(|log| {
            refuses(log, &PLAIN[..32], Refused::TotalTooLong)?;
            refuses(log, &PLAIN[..20], Refused::TotalTooLong)?;
            let packet = with(PLAIN, &[(2, 0xff), (3, 0xff)]);
            refuses(log, &packet, Refused::TotalTooLong)
        });
}

#[test]
fn garbage_is_survived() {
    check("01", "When the lengths lie")
        .because(
            "These bytes are a packet in which some were replaced, cut \
             somewhere. Whatever they are, the answer is a packet whose \
             parts have the lengths it claims, or a reason. Never a panic.",
        )
        .run(|log| {
            for bytes in garbage().take(5000) {
                log.afresh().note("packet", dump(&bytes), "");
                if let Ok(packet) = parse(&bytes) {
                    let (header, total) =
                        (packet.header_length, packet.total_length);
                    let told = format!("header {header}, total {total}");
                    log.note("answer", told, "");
                    log.note("claim", "20 + options = header", "");
                    log.expect(header, 20 + packet.options.len())?;
                    log.note("claim", "header + payload = total", "");
                    log.expect(total, header + packet.payload.len())?;
                }
            }
            Ok(())
        });
}

/// Packets with some bytes replaced, the same in every run.
fn garbage() -> impl Iterator<Item = Vec<u8>> {
    let mut numbers = Random(0x9e37_79b9_7f4a_7c15);
    let mut random =
        move |below: usize| (numbers.number() >> 32) as usize % below;
    std::iter::repeat_with(move || {
        let mut bytes = [PLAIN, WITH_OPTIONS][random(2)].to_vec();
        for _ in 0..random(4) {
            // Lengths and version stand in the first four bytes.
            bytes[random(4)] = random(256) as u8;
        }
        bytes[0] = if random(2) == 0 { 0x40 | bytes[0] & 15 } else { bytes[0] };
        bytes.truncate(random(bytes.len() + 1));
        bytes
    })
}
