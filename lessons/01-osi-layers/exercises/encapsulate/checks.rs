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

/// Claims which bytes come out.
fn gives(log: &Log, due: &[u8], answer: Option<Vec<u8>>) -> Result<(), Broken> {
    log.expect(Bytes(Some(due.to_vec())), Bytes(answer))
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
    log.note("payload", dump(payload), "");
}

#[test]
fn udp_puts_eight_bytes_in_front() {
    check("01", "UDP")
        .because(
            "UDP's header is two ports, the length and the checksum, of two \
             bytes each. The message follows as it is.",
        )
        .run(|log| {
            note(log, "UDP", "from port 40000 to port 9000", b"hello");
            let due = [UDP, b"hello"].concat();
            gives(log, &due, datagram(40_000, 9000, b"hello"))
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
            gives(log, due, datagram(1, 2, b""))?;
            note(log, "UDP", "from port 1 to port 2", &[b'.'; 300]);
            let answer = datagram(1, 2, &[b'.'; 300]);
            let length = answer.and_then(|all| all.get(4..6).map(Vec::from));
            log.note("asked", "bytes 4 and 5", "");
            gives(log, b"\x01\x34", length)
        });
}

#[test]
fn ipv4_puts_twenty_bytes_in_front() {
    check("01", "IPv4")
        .because(
            "IPv4's header has twenty bytes here, from 45 to the last byte \
             of the destination. The payload follows as it is.",
        )
        .run(|log| {
            let payload = [UDP, b"hello"].concat();
            let what = "10.0.0.1 to 10.0.0.2, UDP, identification 44 51";
            note(log, "IPv4", what, &payload);
            let due = [IPV4, &payload].concat();
            gives(log, &due, packet(ALICE, BOB, 17, 0x4451, &payload))
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
            gives(log, &due, packet(ALICE, BOB, 6, 0x7774, &payload))?;
            let what = "10.0.0.2 to 10.0.0.1, ICMP, identification 00 00";
            note(log, "IPv4", what, b"");
            let due = b"\x45\x00\x00\x14\x00\x00\x40\x00\x40\x01\x26\xe7\
                \x0a\x00\x00\x02\x0a\x00\x00\x01";
            gives(log, due, packet(BOB, ALICE, 1, 0, b""))
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
                gives(log, &due, packet(ALICE, BOB, 6, 0x7774, &payload))?;
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
                gives(log, &u16::to_be_bytes(due), sum)?;
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
             like every number. 46 bytes of payload need no padding.",
        )
        .run(|log| {
            let payload = [b'.'; 46];
            let what = "02:00:00:00:00:01 to 02:00:00:00:00:02, 0800";
            note(log, "Ethernet", what, &payload);
            let due = [ETHERNET, &payload].concat();
            gives(log, &due, frame(ALICES, BOBS, 0x0800, &payload))?;
            let what = "02:00:00:00:00:01 to ff:ff:ff:ff:ff:ff, 0806";
            note(log, "Ethernet", what, &payload);
            let due = [&[0xff; 6][..], &ALICES, b"\x08\x06", &payload];
            let answer = frame(ALICES, [0xff; 6], 0x0806, &payload);
            gives(log, &due.concat(), answer)
        });
}

#[test]
fn ethernet_pads_what_is_short() {
    check("01", "Ethernet")
        .because(
            "A frame carries at least 46 bytes. A shorter payload is filled \
             up with zeros behind it. No other length changes: IPv4's says \
             where the packet ends.",
        )
        .run(|log| {
            for payload in [&b"short"[..], b"", &[b'.'; 45]] {
                let what = "02:00:00:00:00:01 to 02:00:00:00:00:02, 0800";
                note(log, "Ethernet", what, payload);
                let mut due = [ETHERNET, payload].concat();
                due.resize(60, 0);
                gives(log, &due, frame(ALICES, BOBS, 0x0800, payload))?;
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
            gives(log, &due, wrapped)
        });
}
