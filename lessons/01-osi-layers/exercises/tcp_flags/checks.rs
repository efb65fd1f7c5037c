//! What `parse` and `kind` must withstand.

use support::check::{Broken, Bytes, Log, Show, check, dump};

use super::exercise::*;

/// Segments of real connections, as Linux sent them.
const SYN: &[u8] = b"\xc1\x9c\x1f\x90\xed\xb3\x6d\x80\x00\x00\x00\x00\
    \x80\x02\xfa\xf0\x23\xba\x00\x00\
    \x02\x04\x05\xb4\x01\x01\x04\x02\x01\x03\x03\x0a";
const SYN_ACK: &[u8] = b"\x1f\x90\xc1\x9c\xc5\x6b\x88\x0b\xed\xb3\x6d\x81\
    \x80\x12\xfa\xf0\xd6\x31\x00\x00\
    \x02\x04\x05\xb4\x01\x01\x04\x02\x01\x03\x03\x0a";
const ACK: &[u8] = b"\xc1\x9c\x1f\x90\xed\xb3\x6d\x81\xc5\x6b\x88\x0c\
    \x50\x10\x00\x3f\x11\xb9\x00\x00";
const HELLO: &[u8] = b"\xc1\x9c\x1f\x90\xed\xb3\x6d\x81\xc5\x6b\x88\x0c\
    \x50\x18\x00\x3f\xcd\xd9\x00\x00hello";
const FIN: &[u8] = b"\x1f\x90\xc1\x9c\xc5\x6b\x88\x0e\xed\xb3\x6d\x86\
    \x50\x11\x00\x3f\x11\xb1\x00\x00";
const REFUSAL: &[u8] = b"\x00\x51\xb7\xe0\x00\x00\x00\x00\x8c\x42\x34\x5e\
    \x50\x14\x00\x00\x22\xfc\x00\x00";

/// Claims something about a segment.
fn claims<T: PartialEq + Show>(
    log: &Log,
    bytes: &[u8],
    name: &str,
    due: T,
    get: impl FnOnce(&Segment<'_>) -> T,
) -> Result<(), Broken> {
    log.afresh().note("segment", dump(bytes), "");
    log.note("asked", name, "");
    log.expect(Ok::<T, Refused>(due), parse(bytes).map(|s| get(&s)))
}

/// Claims what a segment is for.
fn is(log: &Log, bytes: &[u8], kind: Kind) -> Result<(), Broken> {
    claims(log, bytes, "kind", Plain(kind), |s| Plain(s.kind()))
}

/// Claims that the bytes are refused, and why.
fn refuses(log: &Log, bytes: &[u8], why: Refused) -> Result<(), Broken> {
    log.afresh().note("segment", dump(bytes), "");
    log.note("in all", format!("{} bytes", bytes.len()), "");
    log.expect(Err::<(), _>(why), parse(bytes).map(drop))
}

/// A segment with another byte in one place.
fn with(segment: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut segment = segment.to_vec();
    segment[at] = byte;
    segment
}

/// A kind, shown as it is written.
#[derive(PartialEq)]
struct Plain(Kind);

impl Show for Plain {
    fn show(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The names of the flags that are set.
fn names(flags: Flags) -> String {
    let Flags { cwr, ece, urg, ack, psh, rst, syn, fin } = flags;
    let all = [
        (cwr, "CWR"),
        (ece, "ECE"),
        (urg, "URG"),
        (ack, "ACK"),
        (psh, "PSH"),
        (rst, "RST"),
        (syn, "SYN"),
        (fin, "FIN"),
    ];
    let set: Vec<_> =
        all.iter().filter_map(|(set, name)| set.then_some(*name)).collect();
    set.join(" ")
}

#[test]
fn the_data_offset_counts_words_of_four_bytes() {
    check("01", "TCP")
        .because(
            "The upper half of byte 12 is 5 where the header has 20 bytes \
             and 8 where it has 32: four times as many bytes.",
        )
        .run(|log| {
            let length = |s: &Segment<'_>| s.header_length;
            claims(log, ACK, "header_length", 20, length)?;
            claims(log, SYN, "header_length", 32, length)?;
            let mut greatest = with(ACK, 12, 0xf0);
            greatest.resize(60, 1);
            claims(log, &greatest, "header_length", 60, length)
        });
}

#[test]
fn options_are_not_data() {
    check("01", "TCP")
        .because(
            "A SYN says in its options how large a segment may be, and more. \
             The data begins where the data offset says, not at byte 20. \
             This SYN carries no data at all.",
        )
        .run(|log| {
            let data = |s: &Segment<'_>| Bytes(s.data.to_vec());
            let options = |s: &Segment<'_>| Bytes(s.options.to_vec());
            let none = || Bytes(Vec::new());
            claims(log, SYN, "data", none(), data)?;
            claims(log, SYN, "options", Bytes(SYN[20..].to_vec()), options)?;
            claims(log, HELLO, "data", Bytes(b"hello".to_vec()), data)?;
            claims(log, HELLO, "options", none(), options)
        });
}

#[test]
fn each_flag_is_a_bit_of_byte_13() {
    check("01", "TCP")
        .because(
            "FIN is the lowest bit of byte 13 and CWR the highest, as the \
             figure has them. Each is a question of its own.",
        )
        .run(|log| {
            let order =
                ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
            for (bit, name) in order.iter().enumerate() {
                let segment = with(ACK, 13, 1 << bit);
                let flags = |s: &Segment<'_>| names(s.flags);
                claims(log, &segment, "flags", name.to_string(), flags)?;
            }
            Ok(())
        });
}

#[test]
fn reserved_bits_make_no_difference() {
    check("01", "TCP")
        .because(
            "The lower half of byte 12 is reserved: a sender writes 0, and a \
             receiver doesn't look (RFC 9293, section 3.1). One of these bits \
             may get a meaning; this segment must then still be read. \
             ECE and CWR were reserved bits once.",
        )
        .run(|log| {
            for reserved in 1..16 {
                let segment = with(HELLO, 12, 0x50 | reserved);
                claims(log, &segment, "header_length", 20, |s| {
                    s.header_length
                })?;
                let flags = "ACK PSH".to_string();
                claims(log, &segment, "flags", flags, |s| names(s.flags))?;
            }
            Ok(())
        });
}

#[test]
fn a_syn_asks_and_a_syn_ack_agrees() {
    check("01", "TCP")
        .because(
            "The first segment of a connection has SYN and no ACK: there is \
             nothing to acknowledge yet. The answer has both. Who takes them \
             for one can't tell who opened.",
        )
        .run(|log| {
            is(log, SYN, Kind::Syn)?;
            is(log, SYN_ACK, Kind::SynAck)
        });
}

#[test]
fn a_fin_closes_and_carries_an_ack() {
    check("01", "TCP")
        .because(
            "FIN closes its direction. It comes with ACK, like every segment \
             after the first, and may carry the last data.",
        )
        .run(|log| {
            is(log, FIN, Kind::Fin)?;
            is(log, &with(HELLO, 13, 0x11), Kind::Fin)?;
            is(log, &with(HELLO, 13, 0x19), Kind::Fin)
        });
}

#[test]
fn a_reset_is_a_reset_with_and_without_ack() {
    check("01", "TCP")
        .because(
            "RST ends the connection, and nothing else in the segment \
             matters. The answer to a SYN for a closed port is RST with ACK; \
             later a RST may come alone.",
        )
        .run(|log| {
            is(log, REFUSAL, Kind::Rst)?;
            is(log, &with(REFUSAL, 13, 0x04), Kind::Rst)?;
            is(log, &with(HELLO, 13, 0x14), Kind::Rst)?;
            is(log, &with(REFUSAL, 13, 0x06), Kind::Rst)
        });
}

#[test]
fn data_is_told_by_data_and_not_by_psh() {
    check("01", "TCP")
        .because(
            "PSH asks the receiver to hand over what has come. Most segments \
             of a long write carry data without it, and nothing forbids it \
             on one that carries none. Look at the data.",
        )
        .run(|log| {
            is(log, HELLO, Kind::Data)?;
            is(log, &with(HELLO, 13, 0x10), Kind::Data)?;
            is(log, &with(ACK, 13, 0x18), Kind::Ack)
        });
}

#[test]
fn an_ack_alone_acknowledges() {
    check("01", "TCP")
        .because(
            "ACK is set in every segment after the first. One that has no \
             other purpose is an acknowledgment; options don't make it data.",
        )
        .run(|log| {
            is(log, ACK, Kind::Ack)?;
            is(log, &with(SYN_ACK, 13, 0x10), Kind::Ack)
        });
}

#[test]
fn congestion_flags_do_not_hide_a_syn() {
    check("01", "TCP")
        .because(
            "A host that can do ECN opens with SYN, ECE and CWR, and the \
             answer has SYN, ACK and ECE (RFC 3168, section 6.1.1). URG, ECE \
             and CWR say something else than what a segment is for. Ask for \
             bits, don't compare the byte.",
        )
        .run(|log| {
            is(log, &with(SYN, 13, 0xc2), Kind::Syn)?;
            is(log, &with(SYN_ACK, 13, 0x52), Kind::SynAck)?;
            is(log, &with(ACK, 13, 0x50), Kind::Ack)?;
            is(log, &with(FIN, 13, 0x91), Kind::Fin)?;
            is(log, &with(HELLO, 13, 0xb8), Kind::Data)
        });
}

#[test]
fn what_no_tcp_would_send_is_nonsense() {
    check("01", "TCP")
        .because(
            "To open and to close at once makes no sense, and after the SYN \
             every segment but a reset has ACK. Scanners send such segments \
             to see how a host answers.",
        )
        .run(|log| {
            is(log, &with(SYN, 13, 0x03), Kind::Nonsense)?;
            is(log, &with(SYN, 13, 0x13), Kind::Nonsense)?;
            is(log, &with(ACK, 13, 0x00), Kind::Nonsense)?;
            is(log, &with(FIN, 13, 0x01), Kind::Nonsense)?;
            is(log, &with(HELLO, 13, 0x08), Kind::Nonsense)?;
            is(log, &with(ACK, 13, 0x29), Kind::Nonsense)
        });
}

#[test]
fn fewer_than_twenty_bytes_are_truncated() {
    check("01", "When the lengths lie")
        .because(
            "Every header has 20 bytes. Look at how many there are before \
             you take byte 12: an index behind the end is a panic.",
        )
        .run(|log| {
            for length in 0..20 {
                refuses(log, &SYN[..length], Refused::Truncated)?;
            }
            Ok(())
        });
}

#[test]
fn an_offset_into_the_header_is_refused() {
    check("01", "When the lengths lie")
        .because(
            "A data offset under 5 says that the data begins inside the 20 \
             bytes that every header has.",
        )
        .run(|log| {
            for offset in 0..5 {
                let segment = with(HELLO, 12, offset << 4);
                refuses(log, &segment, Refused::OffsetTooSmall)?;
            }
            Ok(())
        });
}

#[test]
fn an_offset_behind_the_end_is_refused() {
    check("01", "When the lengths lie")
        .because(
            "The header claims more bytes than have come. A slice from \
             there on is a panic.",
        )
        .run(|log| {
            refuses(log, &with(ACK, 12, 0x60), Refused::OffsetTooLarge)?;
            refuses(log, &with(HELLO, 12, 0xf0), Refused::OffsetTooLarge)?;
            refuses(log, &SYN[..31], Refused::OffsetTooLarge)
        });
}
