//! What `datagram`, `packet` and `frame` must make.

use std::net::Ipv4Addr;

use support::check::{Broken, Log, Show, check, dump};

use super::exercise::*;

const ALICE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

/// Their Ethernet addresses.
const ALICES: [u8; 6] = [2, 0, 0, 0, 0, 1];
const BOBS: [u8; 6] = [2, 0, 0, 0, 0, 2];

/// A frame that Linux sent from alice to bob, without checksum in UDP.
const ETHERNET: &[u8] = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x00";
const IPV4: &[u8] = b"\x45\x00\x00\x21\x44\x51\x40\x00\x40\x11\xe2\x78\
    \x0a\x00\x00\x01\x0a\x00\x00\x02";
const UDP: &[u8] = b"\x9c\x40\x23\x28\x00\x0d\x00\x00";

/// The IPv4 header of a SYN from Linux, and of the 32 bytes behind it.
const SYN: &[u8] = b"\x45\x00\x00\x34\x77\x74\x40\x00\x40\x06\xaf\x4d\
    \x0a\x00\x00\x01\x0a\x00\x00\x02";

/// Senders and identifications whose header carries twice, and its checksum.
const CARRIES: [([u8; 4], u16, u16); 3] = [
    ([255, 255, 255, 255], 0x30da, 0xfffd),
    ([192, 168, 255, 254], 0x7032, 0xfffd),
    ([172, 31, 200, 9], 0xbcb0, 0xfffd),
];

/// The fields of a header: where each begins, and its name.
type Fields = &'static [(usize, &'static str)];

const UDP_FIELDS: Fields = &[
    (0, "source port"),
    (2, "destination port"),
    (4, "length"),
    (6, "checksum"),
    (8, "payload"),
];

const IPV4_FIELDS: Fields = &[
    (0, "version and IHL"),
    (1, "service"),
    (2, "total length"),
    (4, "identification"),
    (6, "flags and fragment offset"),
    (8, "time to live"),
    (9, "protocol"),
    (10, "checksum"),
    (12, "source"),
    (16, "destination"),
    (20, "payload"),
];

const ETHERNET_FIELDS: Fields = &[
    (0, "destination"),
    (6, "source"),
    (12, "what follows"),
    (14, "payload and padding"),
];

const WRAPPED: Fields = &[
    (0, "Ethernet's header"),
    (14, "IPv4's header"),
    (34, "UDP's header"),
    (42, "the message"),
    (47, "padding"),
];

/// Claims which bytes come out, and names the first field that differs.
fn gives(
    log: &Log,
    fields: Fields,
    due: &[u8],
    answer: Option<Vec<u8>>,
) -> Result<(), Broken> {
    if let Some(got) = &answer
        && let Some(place) = first_difference(due, got)
    {
        let of_field = fields.iter().rfind(|(start, _)| *start <= place);
        if let Some((_, field)) = of_field {
            log.note("differs", format!("byte {place}: {field}"), "");
        }
    }
    log.expect(Bytes(Some(due.to_vec())), Bytes(answer))
}

/// The place of the first byte that only one of them has.
fn first_difference(due: &[u8], got: &[u8]) -> Option<usize> {
    let longer = due.len().max(got.len());
    (0..longer).find(|place| due.get(*place) != got.get(*place))
}

/// Claims how long what comes out is; it is too long to be shown.
fn gives_many(
    log: &Log,
    due: Option<usize>,
    answer: Option<Vec<u8>>,
) -> Result<(), Broken> {
    log.expect(Length(due), Length(answer.map(|bytes| bytes.len())))
}

/// Bytes that are shown in hex whatever they are.
#[derive(PartialEq)]
struct Bytes(Option<Vec<u8>>);

impl Show for Bytes {
    fn show(&self) -> String {
        self.0.as_deref().map_or("None".to_string(), dump)
    }
}

/// The length of what came out.
#[derive(PartialEq)]
struct Length(Option<usize>);

impl Show for Length {
    fn show(&self) -> String {
        let told = |length| format!("{length} bytes");
        self.0.map_or("None".to_string(), told)
    }
}

fn note(log: &Log, layer: &'static str, what: &str, payload: &[u8]) {
    log.afresh().note("layer", layer, "");
    log.note("asked", what, "");
    let told = match payload.len() {
        ..=64 => dump(payload),
        many => format!("{many} bytes"),
    };
    log.note("payload", told, "");
}

#[test]
fn udp_puts_eight_bytes_in_front() {
    check("01", "UDP")
        .because(
            "UDP's header is two ports, the length and the checksum, of two \
             bytes each, big-endian. The length is that of header and \
             message together. The message follows as it is.",
        )
        .run(|log| {
            note(log, "UDP", "from port 40000 to port 9000", b"hello");
            let due = [UDP, b"hello"].concat();
            gives(log, UDP_FIELDS, &due, datagram(40_000, 9000, b"hello"))
        });
}

#[test]
fn udps_length_counts_its_own_header() {
    check("01", "UDP")
        .because(
            "The length is that of the datagram: the header's eight bytes \
             and the payload. A datagram without payload has a length of 8.",
        )
        .run(|log| {
            note(log, "UDP", "from port 1 to port 2", b"");
            let due = b"\x00\x01\x00\x02\x00\x08\x00\x00";
            gives(log, UDP_FIELDS, due, datagram(1, 2, b""))?;
            note(log, "UDP", "from port 1 to port 2", &[b'.'; 300]);
            let answer = datagram(1, 2, &[b'.'; 300]);
            let length = answer.and_then(|all| all.get(4..6).map(Vec::from));
            log.note("asked", "bytes 4 and 5", "");
            gives(log, &[], b"\x01\x34", length)
        });
}

#[test]
fn ipv4_puts_twenty_bytes_in_front() {
    check("01", "IPv4")
        .because(
            "IPv4's header has twenty bytes here: 5 words, so its first byte \
             is 45. The total length counts them too. The checksum is the \
             internet checksum of these twenty bytes alone. The payload \
             follows as it is.",
        )
        .run(|log| {
            let payload = [UDP, b"hello"].concat();
            let what = "10.0.0.1 to 10.0.0.2, UDP, identification 44 51";
            note(log, "IPv4", what, &payload);
            let due = [IPV4, &payload].concat();
            gives(
                log,
                IPV4_FIELDS,
                &due,
                packet(ALICE, BOB, 17, 0x4451, &payload),
            )
        });
}

#[test]
fn ipv4_carries_whatever_it_is_given() {
    check("01", "A header for every layer")
        .because(
            "IPv4 doesn't know what it carries: the caller says which \
             protocol it is, and IPv4 writes that number into its header \
             for the receiver. Nothing in the payload counts.",
        )
        .run(|log| {
            let payload = [b'.'; 32];
            let what = "10.0.0.1 to 10.0.0.2, TCP, identification 77 74";
            note(log, "IPv4", what, &payload);
            let due = [SYN, &payload].concat();
            gives(
                log,
                IPV4_FIELDS,
                &due,
                packet(ALICE, BOB, 6, 0x7774, &payload),
            )?;
            let what = "10.0.0.2 to 10.0.0.1, ICMP, identification 00 00";
            note(log, "IPv4", what, b"");
            let due = b"\x45\x00\x00\x14\x00\x00\x40\x00\x40\x01\x26\xe7\
                \x0a\x00\x00\x02\x0a\x00\x00\x01";
            gives(log, IPV4_FIELDS, due, packet(BOB, ALICE, 1, 0, b""))
        });
}

#[test]
fn ipv4s_checksum_leaves_the_payload_out() {
    check("01", "The internet checksum")
        .because(
            "IPv4's checksum covers its header and nothing else. Two packets \
             whose payloads differ, and whose lengths don't, have the same \
             one.",
        )
        .run(|log| {
            for payload in [[0; 32], [0xff; 32], [b'x'; 32]] {
                let what = "10.0.0.1 to 10.0.0.2, TCP, identification 77 74";
                note(log, "IPv4", what, &payload);
                let due = [SYN, &payload].concat();
                gives(
                    log,
                    IPV4_FIELDS,
                    &due,
                    packet(ALICE, BOB, 6, 0x7774, &payload),
                )?;
            }
            Ok(())
        });
}

#[test]
fn ipv4s_checksum_folds_every_carry() {
    check("01", "The internet checksum")
        .because(
            "The words of this header add up to 1ffff, 2ffff or more, and \
             one fold leaves a carry. The checksum is that of \
             `internet_checksum`, carry by carry.",
        )
        .run(|log| {
            for (address, id, due) in CARRIES {
                let source = Ipv4Addr::from(address);
                let what = format!("{source} to 10.0.0.2, UDP, {id:04x}");
                note(log, "IPv4", &what, b"");
                log.note("asked", "bytes 10 and 11", "");
                let answer = packet(source, BOB, 17, id, b"");
                let sum = answer.and_then(|all| all.get(10..12).map(Vec::from));
                gives(log, &[], &u16::to_be_bytes(due), sum)?;
            }
            Ok(())
        });
}

#[test]
fn ethernet_puts_the_destination_first() {
    check("01", "Ethernet")
        .because(
            "An Ethernet frame begins with the address for which it is; the \
             sender's follows, then the number of what it carries, big-endian \
             like every number.",
        )
        .run(|log| {
            let payload = [b'.'; 50];
            let what = "02:00:00:00:00:01 to 02:00:00:00:00:02, 0800";
            note(log, "Ethernet", what, &payload);
            let due = [ETHERNET, &payload].concat();
            gives(
                log,
                ETHERNET_FIELDS,
                &due,
                frame(ALICES, BOBS, 0x0800, &payload),
            )?;
            let what = "02:00:00:00:00:01 to ff:ff:ff:ff:ff:ff, 0806";
            note(log, "Ethernet", what, &payload);
            let due = [&[0xff; 6][..], &ALICES, b"\x08\x06", &payload];
            let answer = frame(ALICES, [0xff; 6], 0x0806, &payload);
            gives(log, ETHERNET_FIELDS, &due.concat(), answer)
        });
}

#[test]
fn ethernet_pads_what_is_short() {
    check("01", "Ethernet")
        .because(
            "A frame carries at least 46 bytes, so it has 60 with its header. \
             (64 counts the 4 bytes of the frame check sequence, which the \
             card adds.) A shorter payload is filled up with zeros behind it.",
        )
        .run(|log| {
            for payload in [&b"short"[..], b"", &[b'.'; 45], &[b'.'; 46]] {
                let what = "02:00:00:00:00:01 to 02:00:00:00:00:02, 0800";
                note(log, "Ethernet", what, payload);
                let mut due = [ETHERNET, payload].concat();
                due.resize(60, 0);
                gives(
                    log,
                    ETHERNET_FIELDS,
                    &due,
                    frame(ALICES, BOBS, 0x0800, payload),
                )?;
            }
            Ok(())
        });
}

#[test]
fn a_frame_carries_at_most_1500_bytes() {
    check("01", "Ethernet")
        .because(
            "1500 bytes is the MTU of Ethernet. What is larger must be cut \
             before, by TCP or by IPv4: Ethernet can't.",
        )
        .run(|log| {
            for (length, due) in
                [(47, Some(61)), (1500, Some(1514)), (1501, None), (9000, None)]
            {
                let payload = vec![b'.'; length];
                note(log, "Ethernet", "how long is the frame", &payload);
                let answer = frame(ALICES, BOBS, 0x0800, &payload);
                gives_many(log, due, answer)?;
            }
            Ok(())
        });
}

#[test]
fn a_length_has_sixteen_bits() {
    check("01", "When the lengths lie")
        .because(
            "The length field has room for 65535. `as u16` keeps the lowest \
             16 bits of a greater number and says nothing: the packet then \
             claims to be short.",
        )
        .run(|log| {
            for (length, due) in [(65_527, Some(65_535)), (65_528, None)] {
                let payload = vec![b'.'; length];
                note(log, "UDP", "how long is the datagram", &payload);
                gives_many(log, due, datagram(1, 2, &payload))?;
            }
            for (length, due) in
                [(65_515, Some(65_535)), (65_516, None), (70_000, None)]
            {
                let payload = vec![b'.'; length];
                note(log, "IPv4", "how long is the packet", &payload);
                gives_many(log, due, packet(ALICE, BOB, 6, 0, &payload))?;
            }
            Ok(())
        });
}

#[test]
fn all_layers_together_make_the_frame_that_linux_sends() {
    check("01", "A header for every layer")
        .because(
            "\"hello\" in UDP, in IPv4, in Ethernet: 5 bytes, 13, 33, and a \
             frame of 60, of which the last 13 are padding.",
        )
        .run(|log| {
            log.afresh().note("message", "hello", "");
            let mut due = [ETHERNET, IPV4, UDP, b"hello"].concat();
            due.resize(60, 0);
            let wrapped = datagram(40_000, 9000, b"hello")
                .and_then(|inside| packet(ALICE, BOB, 17, 0x4451, &inside))
                .and_then(|inside| frame(ALICES, BOBS, 0x0800, &inside));
            gives(log, WRAPPED, &due, wrapped)
        });
}
