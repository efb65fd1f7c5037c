//! What `checksum` and `verify` must withstand.

use std::net::{Ipv4Addr, Ipv6Addr};

use support::check::{Broken, Log, Show, check, dump};

use super::exercise::*;

/// Two hosts that talk over IPv4.
const V4: Addresses = v4([10, 0, 0, 1], [10, 0, 0, 2]);

/// The same two over IPv6.
const V6: Addresses = v6([0xfd00, 0, 0, 0, 0, 0, 0, 1], [0xfd00, 0, 2]);

const fn v4(source: [u8; 4], destination: [u8; 4]) -> Addresses {
    let [a, b, c, d] = source;
    let source = Ipv4Addr::new(a, b, c, d);
    let [a, b, c, d] = destination;
    Addresses::V4 { source, destination: Ipv4Addr::new(a, b, c, d) }
}

const fn v6(source: [u16; 8], [a, b, h]: [u16; 3]) -> Addresses {
    let destination = Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, h);
    let [a, b, c, d, e, f, g, h] = source;
    let source = Ipv6Addr::new(a, b, c, d, e, f, g, h);
    Addresses::V6 { source, destination }
}

/// A datagram from port 40000 to port 9000 with this checksum.
fn datagram(payload: &[u8], checksum: u16) -> Vec<u8> {
    let length = 8 + payload.len() as u16;
    let mut bytes = Vec::new();
    for field in [40_000, 9000, length, checksum] {
        bytes.extend_from_slice(&u16::to_be_bytes(field));
    }
    bytes.extend_from_slice(payload);
    bytes
}

/// Notes what is asked.
fn note(log: &Log, addresses: Addresses, datagram: &[u8]) {
    let (from, to) = match addresses {
        Addresses::V4 { source, destination } => {
            (source.to_string(), destination.to_string())
        }
        Addresses::V6 { source, destination } => {
            (source.to_string(), destination.to_string())
        }
    };
    log.afresh().note("addresses", format!("{from} to {to}"), "");
    log.note("datagram", dump(datagram), "");
}

/// Claims with which checksum a payload is to be sent.
fn has(
    log: &Log,
    addresses: Addresses,
    payload: &[u8],
    due: u16,
) -> Result<(), Broken> {
    let datagram = datagram(payload, 0);
    note(log, addresses, &datagram);
    log.expect(Word(due), Word(checksum(addresses, &datagram)))
}

/// Claims what the receiver knows of a datagram.
fn is(
    log: &Log,
    addresses: Addresses,
    datagram: &[u8],
    due: Verdict,
) -> Result<(), Broken> {
    note(log, addresses, datagram);
    log.expect(Plain(due), Plain(verify(addresses, datagram)))
}

/// A checksum, shown as it stands in a header.
#[derive(PartialEq)]
struct Word(u16);

impl Show for Word {
    fn show(&self) -> String {
        dump(&self.0.to_be_bytes())
    }
}

/// A verdict, shown as it is written.
#[derive(PartialEq)]
struct Plain(Verdict);

impl Show for Plain {
    fn show(&self) -> String {
        format!("{:?}", self.0)
    }
}

#[test]
fn a_datagram_over_ipv4_has_the_checksum_that_linux_sent() {
    check("01", "The pseudo-header")
        .because(
            "Linux sent this datagram with e5 1a. The pseudo-header (both \
             addresses, 0, 17, a length of 20 bytes) adds up to 1428, the \
             UDP header (ports, and the length once more) to bf7c, the \
             payload to 2473e. Together that is 31ae2, folded 1ae5.",
        )
        .run(|log| has(log, V4, b"byte by byte", 0xe51a));
}

#[test]
fn a_datagram_over_ipv6_has_the_checksum_that_linux_sent() {
    check("01", "The pseudo-header")
        .because(
            "Linux sent this datagram with ff 18. Over IPv6 the addresses \
             in the pseudo-header have 16 bytes each, and all of them count. \
             The rest of it adds the same as over IPv4: 17, and the length. \
             That is 1fa28 for the pseudo-header.",
        )
        .run(|log| has(log, V6, b"byte by byte", 0xff18));
}

#[test]
fn an_odd_payload_is_filled_up_with_a_zero() {
    check("01", "The pseudo-header")
        .because(
            "The payload has five bytes. The fifth is the higher half of a \
             word whose lower half is 0, as in every internet checksum. The \
             0 is not sent, and the length doesn't count it.",
        )
        .run(|log| {
            has(log, V4, b"hello", 0xe896)?;
            has(log, V6, b"hello", 0x0295)
        });
}

#[test]
fn a_datagram_may_be_empty() {
    check("01", "The pseudo-header")
        .because(
            "A datagram without payload is a datagram: eight bytes of header, \
             and a checksum over them and the pseudo-header.",
        )
        .run(|log| {
            has(log, V4, b"", 0x2c73)?;
            has(log, V6, b"", 0x4671)
        });
}

#[test]
fn other_addresses_give_another_checksum() {
    check("01", "The pseudo-header")
        .because(
            "Both addresses count, all bytes of them. That is what the \
             pseudo-header is for: a datagram that reaches the wrong host, \
             or seems to come from another, doesn't fit its checksum.",
        )
        .run(|log| {
            let far = v4([192, 0, 2, 1], [198, 51, 100, 7]);
            has(log, far, b"hello", 0x105d)?;
            let source = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1];
            let far = v6(source, [0x2001, 0xdb8, 9]);
            has(log, far, b"hello", 0xa11d)
        });
}

#[test]
fn what_stands_in_the_checksum_is_left_out() {
    check("01", "The pseudo-header")
        .because(
            "The checksum can't be a part of its own sum: it counts as 0, \
             also where an old one stands in the datagram.",
        )
        .run(|log| {
            for stale in [0xe896, 0x1234, 0xffff] {
                let datagram = datagram(b"hello", stale);
                note(log, V4, &datagram);
                log.expect(Word(0xe896), Word(checksum(V4, &datagram)))?;
            }
            Ok(())
        });
}

#[test]
fn the_greatest_datagram_is_summed_up() {
    check("01", "The pseudo-header")
        .because(
            "A payload has up to 65,507 bytes over IPv4. The sum needs 32 \
             bits, and folding it once may leave a carry.",
        )
        .run(|log| {
            has(log, V4, &[0xff; 65_507], 0x2daa)?;
            has(log, V4, b"\xff\xff\x2c\x6c", 0xfffe)
        });
}

#[test]
fn a_computed_zero_is_sent_as_all_ones() {
    check("01", "The pseudo-header")
        .because(
            "The sum came out as ffff, so the checksum would be 0. But 0 in \
             this place says that there is no checksum. UDP sends ffff \
             instead, which is the same number in one's complement \
             (RFC 768). Over IPv6 the rule is the same.",
        )
        .run(|log| {
            has(log, V4, b"\x2c\x6f", 0xffff)?;
            has(log, V6, b"\x46\x6d", 0xffff)
        });
}

#[test]
fn a_datagram_as_it_was_sent_is_intact() {
    check("01", "The pseudo-header")
        .because(
            "All words, those of the pseudo-header and the checksum among \
             them, add up to ffff. You need not clear the checksum first.",
        )
        .run(|log| {
            for (addresses, payload, checksum) in [
                (V4, &b"hello"[..], 0xe896),
                (V4, b"byte by byte", 0xe51a),
                (V4, b"", 0x2c73),
                (V6, b"hello", 0x0295),
                (V6, b"byte by byte", 0xff18),
            ] {
                let datagram = datagram(payload, checksum);
                is(log, addresses, &datagram, Verdict::Intact)?;
            }
            Ok(())
        });
}

#[test]
fn all_ones_stand_for_a_computed_zero() {
    check("01", "The pseudo-header")
        .because(
            "The sender computed 0 and sent ffff. If you compute again and \
             compare, apply the sender's rule too; if you add up everything \
             and look for ffff, there is nothing to do.",
        )
        .run(|log| {
            let over_v4 = datagram(b"\x2c\x6f", 0xffff);
            is(log, V4, &over_v4, Verdict::Intact)?;
            let over_v6 = datagram(b"\x46\x6d", 0xffff);
            is(log, V6, &over_v6, Verdict::Intact)
        });
}

#[test]
fn no_checksum_is_no_fault_over_ipv4() {
    check("01", "The pseudo-header")
        .because(
            "0 in the place of the checksum says that the sender computed \
             none (RFC 768). The datagram is delivered: nobody knows whether \
             it is damaged. Linux sends so where SO_NO_CHECK is set.",
        )
        .run(|log| {
            for payload in [&b"hello"[..], b"byte by byte", b"\x2c\x6f"] {
                let datagram = datagram(payload, 0);
                is(log, V4, &datagram, Verdict::NotComputed)?;
            }
            Ok(())
        });
}

#[test]
fn no_checksum_is_a_fault_over_ipv6() {
    check("01", "The pseudo-header")
        .because(
            "IPv6 has no checksum of its own in its header, so UDP's is not \
             optional there: a receiver discards a datagram without one \
             (RFC 8200, section 8.1).",
        )
        .run(|log| {
            for payload in [&b"hello"[..], b"byte by byte", b"\x46\x6d"] {
                let datagram = datagram(payload, 0);
                is(log, V6, &datagram, Verdict::Damaged)?;
            }
            Ok(())
        });
}

#[test]
fn every_flipped_bit_is_noticed() {
    check("01", "The pseudo-header")
        .because(
            "One bit of the datagram is another than was sent. The sum is no \
             longer ffff.",
        )
        .run(|log| {
            let (over_v4, over_v6) =
                (datagram(b"hello", 0xe896), datagram(b"hello", 0x0295));
            for (addresses, sent) in [(V4, over_v4), (V6, over_v6)] {
                // Not in the length field, which is to be right.
                for bit in (0..32).chain(48..sent.len() * 8) {
                    let mut came = sent.clone();
                    came[bit / 8] ^= 0x80 >> (bit % 8);
                    is(log, addresses, &came, Verdict::Damaged)?;
                }
            }
            Ok(())
        });
}

#[test]
fn a_datagram_gone_astray_is_noticed() {
    check("01", "The pseudo-header")
        .because(
            "The datagram has the checksum that you gave it from 10.0.0.1 to \
             10.0.0.2. One bit of an address in the IP header is another, \
             and so it came to this host. Only the pseudo-header tells.",
        )
        .run(|log| {
            let sum = checksum(V4, &datagram(b"hello", 0));
            let sent = datagram(b"hello", sum);
            for bit in 0..32 {
                let flip = |address: u32| Ipv4Addr::from(address ^ 1 << bit);
                let (source, destination) =
                    (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
                let astray = Addresses::V4 {
                    source,
                    destination: flip(destination.to_bits()),
                };
                is(log, astray, &sent, Verdict::Damaged)?;
                let astray = Addresses::V4 {
                    source: flip(source.to_bits()),
                    destination,
                };
                is(log, astray, &sent, Verdict::Damaged)?;
            }
            Ok(())
        });
}
