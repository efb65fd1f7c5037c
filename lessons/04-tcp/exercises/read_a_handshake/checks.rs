//! What `read` must tell of real frames.

use support::check::{Broken, Log, Show, check, dump};

use super::exercise::*;

use Who::{Client, Server};

/// A conversation between two Linux hosts, from the first ARP frame on: the
/// client sends "hello", the server "hi" and closes, the client sends "!" and
/// closes. In rows: Ethernet, IPv4, TCP, options, data.
const CONVERSATION: [&str; 15] = [
    "ffffffffffff0200000000010806
     00010800060400010200000000010a0000010000
     000000000a000002",
    "0200000000010200000000020806
     00010800060400020200000000020a0000020200
     000000010a000001",
    "0200000000020200000000010800
     45000034777440004006af4d0a0000010a000002
     c19c1f90edb36d80000000008002faf023ba0000
     020405b4010104020103030a",
    "0200000000010200000000020800
     4500003400004000400626c20a0000020a000001
     1f90c19cc56b880bedb36d818012faf0d6310000
     020405b4010104020103030a",
    "0200000000020200000000010800
     45000028777540004006af580a0000010a000002
     c19c1f90edb36d81c56b880c5010003f11b90000",
    "0200000000020200000000010800
     4500002d777640004006af520a0000010a000002
     c19c1f90edb36d81c56b880c5018003fcdd90000
     68656c6c6f",
    "0200000000010200000000020800
     450000280c48400040061a860a0000020a000001
     1f90c19cc56b880cedb36d865010003f11b40000",
    "0200000000010200000000020800
     4500002a0c49400040061a830a0000020a000001
     1f90c19cc56b880cedb36d865018003fa9400000
     6869",
    "0200000000020200000000010800
     45000028777740004006af560a0000010a000002
     c19c1f90edb36d86c56b880e5010003f11b20000",
    "0200000000010200000000020800
     450000280c4a400040061a840a0000020a000001
     1f90c19cc56b880eedb36d865011003f11b10000",
    "0200000000020200000000010800
     45000028777840004006af550a0000010a000002
     c19c1f90edb36d86c56b880f5010003f11b10000",
    "0200000000020200000000010800
     45000029777940004006af530a0000010a000002
     c19c1f90edb36d86c56b880f5018003ff0a70000
     21",
    "0200000000010200000000020800
     450000280c4b400040061a830a0000020a000001
     1f90c19cc56b880fedb36d875010003f11b00000",
    "0200000000020200000000010800
     45000028777a40004006af530a0000010a000002
     c19c1f90edb36d87c56b880f5011003f11af0000",
    "0200000000010200000000020800
     450000280c4c400040061a820a0000020a000001
     1f90c19cc56b880fedb36d885010003f11af0000",
];

/// Linux serves a client whose numbers begin at ff ff ff fe, and whose frames
/// were padded to 60 bytes. In rows: Ethernet, IPv4, TCP, the rest.
const WRAPPED: [&str; 11] = [
    "0200000000020200000000010800
     4500002c00014000400626c90a0000010a000002
     01bb1f90fffffffe000000006002fa0068d90000
     020405b4
     0000",
    "0200000000010200000000020800
     4500002c00004000400626ca0a0000020a000001
     1f9001bb427f114affffffff6012faf014210000
     020405b4",
    "0200000000020200000000010800
     4500002800014000400626cd0a0000010a000002
     01bb1f90ffffffff427f114b5010fa002cbc0000
     000000000000",
    "0200000000020200000000010800
     4500002d00014000400626c80a0000010a000002
     01bb1f90ffffffff427f114b5018fa00e8dc0000
     68656c6c6f00",
    "0200000000010200000000020800
     4500002822ab4000400604230a0000020a000001
     1f9001bb427f114b000000045010faeb141d0000",
    "0200000000010200000000020800
     4500002a22ac4000400604200a0000020a000001
     1f9001bb427f114b000000045018faeb141f0000
     6869",
    "0200000000020200000000010800
     4500002800014000400626cd0a0000010a000002
     01bb1f9000000004427f114d5010fa002cb60000
     000000000000",
    "0200000000020200000000010800
     4500002b00014000400626ca0a0000010a000002
     01bb1f9000000004427f114d5019fa0065300000
     627965000000",
    "0200000000010200000000020800
     4500002822ad4000400604210a0000020a000001
     1f9001bb427f114d000000085010fae7141d0000",
    "0200000000010200000000020800
     4500002822ae4000400604200a0000020a000001
     1f9001bb427f114d000000085011fae7141d0000",
    "0200000000020200000000010800
     4500002800014000400626cd0a0000010a000002
     01bb1f9000000008427f114e5010fa002cb10000
     000000000000",
];

/// A datagram of UDP over IPv4, and one over IPv6.
const OTHERS: [&str; 2] = [
    "0200000000020200000000010800
     45000021444f40004011e27a0a0000010a000002
     9c402328000de89668656c6c6f",
    "02000000000202000000000186dd
     6009cd2a000d1140fd0000000000000000000000
     00000001fd000000000000000000000000000002
     9c402328000d029568656c6c6f",
];

/// The bytes of a frame that is written in hex.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn frames(hex: &[&str]) -> Vec<Vec<u8>> {
    hex.iter().map(|frame| bytes(frame)).collect()
}

/// The segments of the conversation, without the ARP frames before them.
fn conversation() -> Vec<Vec<u8>> {
    frames(&CONVERSATION[2..])
}

/// Claims something about every segment in these frames.
fn tells<T: PartialEq + Show>(
    log: &Log,
    frames: &[Vec<u8>],
    asked: &str,
    due: &[T],
    get: impl Fn(&Line) -> T,
) -> Result<(), Broken> {
    log.afresh().note("frames", format!("{}", frames.len()), "");
    let lines = read(frames);
    log.note("asked", "how many lines there are", "");
    log.expect(due.len(), lines.len())?;
    let segments = frames.iter().filter(|frame| is_tcp(frame));
    for (place, frame) in segments.enumerate() {
        log.afresh();
        let told = format!("segment {} of {}", place + 1, due.len());
        note_frame(log, frame);
        log.note("asked", format!("{asked}, {told}"), "");
        log.expect(&due[place], &get(&lines[place]))?;
    }
    Ok(())
}

/// Notes the bytes of a frame, layer by layer.
fn note_frame(log: &Log, frame: &[u8]) {
    let (ethernet, packet) = frame.split_at(14);
    let (header, rest) = packet.split_at(usize::from(packet[0] & 0x0f) * 4);
    log.note("Ethernet", dump(ethernet), "");
    log.note("IPv4", dump(header), "");
    log.note("the rest", dump(rest), "");
}

fn is_tcp(frame: &[u8]) -> bool {
    frame[12..14] == [8, 0] && frame[23] == 6
}

/// One of two ends, shown as it is written.
#[derive(PartialEq)]
struct End(Who);

impl Show for End {
    fn show(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A whole line in words.
#[derive(PartialEq)]
struct Told(Line);

impl Show for Told {
    fn show(&self) -> String {
        let Line { from, sequence, acknowledgment, length, next } = self.0;
        let asked = match acknowledgment {
            Some(number) => format!(", acknowledgment {number}"),
            None => String::new(),
        };
        format!(
            "{from:?}: sequence {sequence}{asked}, length {length}, \
             next {next}"
        )
    }
}

fn told((from, sequence, acknowledgment, length, next): Summary) -> Told {
    Told(Line { from, sequence, acknowledgment, length, next })
}

/// From whom, sequence, acknowledgment, length, next.
type Summary = (Who, u32, Option<u32>, u32, u32);

/// What there is to tell of the conversation.
const LINES: [Summary; 13] = [
    (Client, 0, None, 0, 1),
    (Server, 0, Some(1), 0, 1),
    (Client, 1, Some(1), 0, 1),
    (Client, 1, Some(1), 5, 6),
    (Server, 1, Some(6), 0, 1),
    (Server, 1, Some(6), 2, 3),
    (Client, 6, Some(3), 0, 6),
    (Server, 3, Some(6), 0, 4),
    (Client, 6, Some(4), 0, 6),
    (Client, 6, Some(4), 1, 7),
    (Server, 4, Some(7), 0, 4),
    (Client, 7, Some(4), 0, 8),
    (Server, 4, Some(8), 0, 4),
];

/// And of the one whose numbers wrap around.
const WRAPPED_LINES: [Summary; 11] = [
    (Client, 0, None, 0, 1),
    (Server, 0, Some(1), 0, 1),
    (Client, 1, Some(1), 0, 1),
    (Client, 1, Some(1), 5, 6),
    (Server, 1, Some(6), 0, 1),
    (Server, 1, Some(6), 2, 3),
    (Client, 6, Some(3), 0, 6),
    (Client, 6, Some(3), 3, 10),
    (Server, 3, Some(10), 0, 3),
    (Server, 3, Some(10), 0, 4),
    (Client, 10, Some(4), 0, 10),
];

/// Claims everything about every segment.
fn reads(
    log: &Log,
    frames: &[Vec<u8>],
    lines: &[Summary],
) -> Result<(), Broken> {
    let due: Vec<_> = lines.iter().copied().map(told).collect();
    tells(log, frames, "the line", &due, |line| Told(*line))
}

#[test]
fn the_data_ends_with_the_packet() {
    check("04", "The handshake on the wire")
        .because(
            "TCP's header doesn't say how much data there is. It is what IP's \
             total length leaves behind both headers. Options belong to the \
             header.",
        )
        .run(|log| {
            let due = LINES.map(|line| line.3);
            tells(log, &conversation(), "length", &due, |line| line.length)
        });
}

#[test]
fn padding_is_not_data() {
    check("04", "The handshake on the wire")
        .because(
            "An Ethernet frame has 60 bytes at least, and short ones are \
             filled up with zeros. What lies behind IP's total length is no \
             data: an ACK carries none, and \"hello\" has five bytes.",
        )
        .run(|log| {
            let due = WRAPPED_LINES.map(|line| line.3);
            tells(log, &padded(), "length", &due, |line| line.length)
        });
}

#[test]
fn the_syn_tells_the_client_from_the_server() {
    check("04", "The handshake on the wire")
        .because(
            "The client is the end whose SYN has no ACK. All that comes from \
             its address and port is the client's. The size of a port number \
             says nothing.",
        )
        .run(|log| {
            let due = LINES.map(|line| End(line.0));
            tells(log, &conversation(), "from", &due, |l| End(l.from))?;
            let due = WRAPPED_LINES.map(|line| End(line.0));
            tells(log, &padded(), "from", &due, |l| End(l.from))
        });
}

#[test]
fn numbers_count_from_the_senders_own_syn() {
    check("04", "The handshake on the wire")
        .because(
            "Each end begins at a random number of its own, and its SYN \
             tells which. Relative to that the SYN is 0 and the first byte \
             of data is 1, for the client and for the server.",
        )
        .run(|log| {
            let due = LINES.map(|line| line.1);
            tells(log, &conversation(), "sequence", &due, |l| l.sequence)
        });
}

#[test]
fn acknowledgments_count_from_the_other_ends_syn() {
    check("04", "The handshake on the wire")
        .because(
            "An acknowledgment speaks of the other end's bytes, so it is \
             relative to the other end's SYN. The answer to a SYN \
             acknowledges 1: the SYN has been counted. The first SYN \
             acknowledges nothing.",
        )
        .run(|log| {
            let due = LINES.map(|line| line.2);
            tells(log, &conversation(), "acknowledgment", &due, |line| {
                line.acknowledgment
            })
        });
}

#[test]
fn the_first_syn_acknowledges_nothing() {
    check("04", "The handshake on the wire")
        .because(
            "Without the ACK flag the field of the acknowledgment number has \
             no meaning, whatever stands there. The client can't know the \
             server's numbers yet.",
        )
        .run(|log| {
            let mut frames = conversation();
            frames[0][42..46].copy_from_slice(&[0xc5, 0x6b, 0x88, 0x0b]);
            let due = LINES.map(|line| line.2);
            tells(log, &frames, "acknowledgment", &due, |line| {
                line.acknowledgment
            })
        });
}

#[test]
fn a_syn_and_a_fin_count_as_one_byte() {
    check("04", "The close on the wire")
        .because(
            "SYN and FIN take a number each, as if they were a byte, so that \
             they can be acknowledged. An ACK takes none. Where this segment \
             ends, the other end's acknowledgment shows.",
        )
        .run(|log| {
            let due = LINES.map(|line| line.4);
            tells(log, &conversation(), "next", &due, |line| line.next)
        });
}

#[test]
fn a_fin_may_come_with_data() {
    check("04", "The close on the wire")
        .because(
            "This segment carries three bytes and a FIN: four numbers. The \
             server acknowledges 10, from 6.",
        )
        .run(|log| {
            let due = WRAPPED_LINES.map(|line| line.4);
            tells(log, &padded(), "next", &due, |line| line.next)
        });
}

#[test]
fn numbers_begin_again_behind_the_greatest() {
    check("04", "The handshake on the wire")
        .because(
            "The client's SYN has ff ff ff fe, so its second byte of data is \
             numbered 0. Sequence numbers are on a circle of 2^32: subtract \
             with `wrapping_sub`.",
        )
        .run(|log| reads(log, &frames(&WRAPPED), &WRAPPED_LINES));
}

#[test]
fn any_random_numbers_give_the_same_lines() {
    check("04", "The handshake on the wire")
        .because(
            "The same conversation, with other numbers to begin from. \
             Relative numbers are the same for all of them.",
        )
        .run(|log| {
            let starts =
                [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffb, 0xffff_ffff];
            for client in starts {
                for server in starts {
                    let frames =
                        renumbered(conversation(), &LINES, client, server);
                    reads(log, &frames, &LINES)?;
                }
            }
            Ok(())
        });
}

/// The frames, as if the ends had begun at other numbers.
fn renumbered(
    mut frames: Vec<Vec<u8>>,
    lines: &[Summary],
    client: u32,
    server: u32,
) -> Vec<Vec<u8>> {
    for (frame, line) in frames.iter_mut().zip(lines) {
        let (own, other) = match line.0 {
            Client => (client, server),
            Server => (server, client),
        };
        let sequence = own.wrapping_add(line.1);
        frame[38..42].copy_from_slice(&sequence.to_be_bytes());
        if let Some(number) = line.2 {
            let number = other.wrapping_add(number);
            frame[42..46].copy_from_slice(&number.to_be_bytes());
        }
    }
    frames
}

/// The padded frames, with numbers that don't wrap around.
fn padded() -> Vec<Vec<u8>> {
    renumbered(frames(&WRAPPED), &WRAPPED_LINES, 1_000_000, 2_000_000)
}

#[test]
fn an_end_is_an_address_and_a_port() {
    check("04", "The handshake on the wire")
        .because(
            "On one host both ends have the same address, and two hosts may \
             talk between equal ports. Only both together name an end.",
        )
        .run(|log| {
            let mut one_address = conversation();
            for frame in &mut one_address {
                frame[26..34].copy_from_slice(&[10, 0, 0, 1, 10, 0, 0, 1]);
            }
            reads(log, &one_address, &LINES)?;
            let mut one_port = conversation();
            for frame in &mut one_port {
                frame[34..38].copy_from_slice(&[0, 179, 0, 179]);
            }
            reads(log, &one_port, &LINES)
        });
}

#[test]
fn ip_options_move_the_segment() {
    check("04", "The handshake on the wire")
        .because(
            "The IPv4 header of these packets has 24 bytes: IHL is 6. The \
             segment begins where the header ends, not at byte 34 of every \
             frame.",
        )
        .run(|log| {
            let mut frames = conversation();
            for frame in &mut frames {
                frame[14] = 0x46;
                frame[17] += 4;
                // The option "router alert" (RFC 2113).
                frame.splice(34..34, [0x94, 0x04, 0x00, 0x00]);
            }
            reads(log, &frames, &LINES)
        });
}

#[test]
fn a_syn_may_be_sent_again() {
    check("04", "The handshake on the wire")
        .because(
            "The first SYN was lost behind the place where this was recorded, \
             and came again: the same segment, the same number, 0.",
        )
        .run(|log| {
            let mut frames = conversation();
            frames.insert(0, frames[0].clone());
            let lines = [&LINES[..1], &LINES].concat();
            reads(log, &frames, &lines)
        });
}

#[test]
fn what_is_not_tcp_is_left_out() {
    check("04", "The handshake on the wire")
        .because(
            "Before the first SYN the two hosts ask for each other's hardware \
             addresses (ARP), and other traffic may come between. Look at \
             the type in bytes 12 and 13 of the frame, and at the protocol \
             in the packet, before you read anything behind them.",
        )
        .run(|log| {
            let mut with_arp = frames(&CONVERSATION);
            reads(log, &with_arp, &LINES)?;
            with_arp.splice(4..4, frames(&OTHERS));
            reads(log, &with_arp, &LINES)
        });
}
