//! What a question must look like, and which answers may be believed.

use std::net::Ipv4Addr;

use support::check::{Broken, Log, Show, Told, check, dump};

use super::exercise::*;

const ID: u16 = 0x1a2b;
const NAME: &str = "bob.lab";

/// An id, the flags of an answer, one question, one answer.
const HEADER: [u8; 12] = *b"\x1a\x2b\x85\x00\0\x01\0\x01\0\0\0\0";

/// Of bob.lab: type A, class IN. It begins at byte 12.
const QUESTION: [u8; 13] = *b"\x03bob\x03lab\0\0\x01\0\x01";

/// The name at byte 12, type A, class IN, 60 seconds, 4 bytes: 10.0.0.2. It
/// begins at byte 25.
const RECORD: [u8; 16] = *b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x02";

const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

type Answer = Result<Vec<Ipv4Addr>, Problem>;

/// The parts of a message in one piece, and as many answers as there are
/// parts behind the question.
fn message(parts: &[&[u8]]) -> Vec<u8> {
    let mut message = [&HEADER[..], &parts.concat()].concat();
    message[7] = (parts.len() - 1) as u8;
    message
}

/// An honest answer with other bytes at one place.
fn honest_but(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut message = message(&[&QUESTION, &RECORD]);
    message[at..at + bytes.len()].copy_from_slice(bytes);
    message
}

/// Claims what this message answers to the question for bob.lab.
fn answers(
    log: &Log,
    message: &[u8],
    how: &str,
    due: Answer,
) -> Result<(), Broken> {
    log.afresh().note("asked", "bob.lab, type A, with the id 1a 2b", "");
    log.note("answer", dump(message), "");
    log.note("which has", how, "");
    log.expect(told(due), told(answer(message, ID, NAME)))
}

fn told(answer: Answer) -> Told {
    Told(format!("{answer:?}"))
}

/// Claims that it is refused: it isn't as it says.
fn malformed(log: &Log, message: &[u8], how: &str) -> Result<(), Broken> {
    answers(log, message, how, Err(Problem::Malformed))
}

/// Claims that it is refused: it answers another question, or none.
fn not_mine(log: &Log, message: &[u8], how: &str) -> Result<(), Broken> {
    answers(log, message, how, Err(Problem::NotMine))
}

/// What became of a name.
#[derive(PartialEq)]
struct Written(Result<Vec<u8>, BadName>);

impl Show for Written {
    fn show(&self) -> String {
        match &self.0 {
            Ok(message) => dump(message),
            Err(error) => format!("Err({error:?})"),
        }
    }
}

/// Claims what becomes of a name.
fn asks(
    log: &Log,
    name: &str,
    due: Result<Vec<u8>, BadName>,
) -> Result<(), Broken> {
    log.afresh().note("asked", format!("{name:?}"), "with the id 1a 2b");
    log.expect(Written(due), Written(query(ID, name)))
}

/// `a` repeated: a label.
fn label(length: usize) -> String {
    "a".repeat(length)
}

#[test]
fn a_question_has_header_labels_type_and_class() {
    check("06", "A question by hand: DNS")
        .because(
            "A question is 12 bytes of header, the labels, each behind its \
             length, a 0, type and class. Numbers are big-endian.",
        )
        .run(|log| {
            let due = b"\x1a\x2b\x01\x00\0\x01\0\0\0\0\0\0\
                        \x03bob\x03lab\0\0\x01\0\x01";
            asks(log, "bob.lab", Ok(due.to_vec()))?;
            let due = b"\x1a\x2b\x01\x00\0\x01\0\0\0\0\0\0\
                        \x01a\x02bc\x04carl\x03lab\0\0\x01\0\x01";
            asks(log, "a.bc.carl.lab", Ok(due.to_vec()))
        });
}

#[test]
fn a_dot_at_the_end_changes_nothing() {
    check("06", "A question by hand: DNS")
        .because(
            "The last dot says that the name is whole. It stands for the \
             root, whose label is the 0 that ends each name.",
        )
        .run(|log| {
            let due = b"\x1a\x2b\x01\x00\0\x01\0\0\0\0\0\0\
                        \x03bob\x03lab\0\0\x01\0\x01";
            asks(log, "bob.lab.", Ok(due.to_vec()))
        });
}

#[test]
fn a_label_has_at_most_63_bytes() {
    check("06", "A question by hand: DNS")
        .because(
            "RFC 1035, section 2.3.4. A length has 6 bits: 64 would begin \
             with the bits 01, and 192 would be a pointer.",
        )
        .run(|log| {
            let due = b"\x1a\x2b\x01\x00\0\x01\0\0\0\0\0\0\x3f";
            let due = [&due[..], &[b'a'; 63], b"\0\0\x01\0\x01"].concat();
            asks(log, &label(63), Ok(due))?;
            asks(log, &label(64), Err(BadName::LongLabel))?;
            asks(log, &label(200), Err(BadName::LongLabel))
        });
}

#[test]
fn no_label_is_empty() {
    check("06", "A question by hand: DNS")
        .because(
            "A label of length 0 ends the name. What comes behind it would \
             be read as type and class.",
        )
        .run(|log| {
            for name in ["bob..lab", ".bob", "bob..", ""] {
                asks(log, name, Err(BadName::EmptyLabel))?;
            }
            Ok(())
        });
}

#[test]
fn a_name_has_at_most_255_bytes() {
    check("06", "A question by hand: DNS")
        .because(
            "RFC 1035, section 2.3.4. They are counted in the message: with \
             each length and the 0 at the end.",
        )
        .run(|log| {
            // A question for four labels, the last one of this length.
            let asked = |last| {
                let labels = [63, 63, 63, last].map(label);
                let length = query(ID, &labels.join(".")).map(|q| q.len());
                length.map(|length| Told(format!("{length} bytes")))
            };
            log.note("asked", "a name of 255 bytes in the message", "");
            log.expect(Ok(Told("271 bytes".into())), asked(61))?;
            log.afresh().note("asked", "one of 256 bytes in the message", "");
            log.expect(Err(BadName::LongName), asked(62))
        });
}

#[test]
fn beyond_ascii_is_refused() {
    check("06", "A question by hand: DNS")
        .because(
            "The bytes of UTF-8 are not how such names are asked for: RFC \
             3492 writes them in ASCII, this one as xn--bb-fka.lab.",
        )
        .run(|log| asks(log, "böb.lab", Err(BadName::NotAscii)));
}

#[test]
fn an_address_is_read() {
    check("06", "A question by hand: DNS")
        .because(
            "The record begins behind the question: 2 bytes of pointer, \
             type, class, 4 bytes of time, the length, the address.",
        )
        .run(|log| {
            let honest = message(&[&QUESTION, &RECORD]);
            answers(log, &honest, "one address", Ok(vec![BOB]))
        });
}

#[test]
fn all_addresses_are_read() {
    check("06", "A question by hand: DNS")
        .because(
            "A name may have many addresses, or none. The header says how \
             many answers there are.",
        )
        .run(|log| {
            let mut other = RECORD;
            other[15] = 7;
            let two = message(&[&QUESTION, &other, &RECORD]);
            let due = vec![Ipv4Addr::new(10, 0, 0, 7), BOB];
            answers(log, &two, "two addresses", Ok(due))?;
            let none = message(&[&QUESTION]);
            answers(log, &none, "no address", Ok(vec![]))
        });
}

#[test]
fn a_record_goes_on_behind_its_pointer() {
    check("06", "A question by hand: DNS")
        .because(
            "A pointer ends the name where it stands, in 2 bytes. It may \
             stand behind labels, and point to another pointer.",
        )
        .run(|log| {
            // The label bob, then the place of lab in the question; then
            // the place of that record's name, 25.
            let rest = |last| [&RECORD[2..15], &[last]].concat();
            let behind_labels = [&b"\x03bob\xc0\x10"[..], &rest(7)].concat();
            let to_a_pointer = [&b"\xc0\x19"[..], &rest(8)].concat();
            let parts = [&QUESTION[..], &behind_labels, &to_a_pointer, &RECORD];
            let how = "\"bob\" and a pointer, a pointer to that, one to 12";
            let due = [7, 8, 2].map(|last| Ipv4Addr::new(10, 0, 0, last));
            answers(log, &message(&parts), how, Ok(due.to_vec()))
        });
}

#[test]
fn a_pointer_has_14_bits() {
    check("06", "A question by hand: DNS")
        .because(
            "RFC 1035, section 4.1.4: the 6 low bits of the first byte \
             belong to the place. It may lie beyond byte 255.",
        )
        .run(|log| {
            // A text (type 16) of 240 bytes, so that the next name begins at
            // 25 + 12 + 240 = 0x115.
            let text = b"\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\xf0\xef";
            let text = [&text[..], &[b'x'; 239]].concat();
            let whole = [b"\x03bob\x03lab\0", &RECORD[2..]].concat();
            let far = [b"\xc1\x15", &RECORD[2..]].concat();
            let all = message(&[&QUESTION, &text, &whole, &far]);
            let how = "two addresses, the second with the pointer c1 15";
            answers(log, &all, how, Ok(vec![BOB, BOB]))
        });
}

#[test]
fn upper_and_lower_case_are_the_same() {
    check("06", "A question by hand: DNS")
        .because("RFC 1035, section 2.3.3. Servers may repeat either.")
        .run(|log| {
            let mixed = honest_but(12, b"\x03BoB\x03lAb");
            answers(log, &mixed, "bob.lab as BoB.lAb", Ok(vec![BOB]))
        });
}

#[test]
fn records_of_other_types_are_skipped() {
    check("06", "A question by hand: DNS")
        .because(
            "Only type A and class IN make an IPv4 address of four bytes. \
             The length says where the next record begins.",
        )
        .run(|log| {
            // Type 16, a text of four bytes; type AAAA; class 3, CHAOS.
            let text = b"\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\x04\x03abc";
            let ipv6 = b"\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10\
                         \xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02";
            let chaos = b"\xc0\x0c\0\x01\0\x03\0\0\0\x3c\0\x04\x01\x02\x03\x04";
            let all = message(&[&QUESTION, text, ipv6, chaos, &RECORD]);
            let how = "a text, an IPv6 address, class CHAOS, 10.0.0.2";
            answers(log, &all, how, Ok(vec![BOB]))
        });
}

#[test]
fn records_of_other_names_are_skipped() {
    check("06", "Answers that lie")
        .because(
            "A server may add records that nobody asked for. This address \
             is that of another name.",
        )
        .run(|log| {
            let eve = b"\x03eve\xc0\x10\0\x01\0\x01\0\0\0\x3c\0\x04\
                        \x0a\0\0\x66";
            let both = message(&[&QUESTION, eve, &RECORD]);
            let how = "eve.lab at 10.0.0.102, bob.lab at 10.0.0.2";
            answers(log, &both, how, Ok(vec![BOB]))
        });
}

#[test]
fn labels_are_bytes() {
    check("06", "A question by hand: DNS")
        .because(
            "A label may hold any bytes: RFC 2181, section 11. This record \
             is another name's, and no reason to refuse the message.",
        )
        .run(|log| {
            let other = [b"\x03\xff\x80\0\xc0\x10", &RECORD[2..]].concat();
            let both = message(&[&QUESTION, &other, &RECORD]);
            let how = "a name with the bytes ff 80 00, then bob.lab";
            answers(log, &both, how, Ok(vec![BOB]))
        });
}

#[test]
fn another_id_is_not_mine() {
    check("06", "Answers that lie")
        .because("Both bytes of the id tie the answer to your question.")
        .run(|log| {
            for id in [b"\x1a\x2c", b"\x1b\x2b", b"\x2b\x1a"] {
                let other = honest_but(0, id);
                not_mine(log, &other, "another id")?;
            }
            Ok(())
        });
}

#[test]
fn a_question_is_no_answer() {
    check("06", "Answers that lie")
        .because(
            "The highest bit of the flags is not set: it is a question. \
             Perhaps your own, sent back.",
        )
        .run(|log| {
            let question = honest_but(2, b"\x01\0");
            let how = "the flags of a question";
            not_mine(log, &question, how)
        });
}

#[test]
fn another_question_is_not_mine() {
    check("06", "Answers that lie")
        .because(
            "An id of 16 bits can be guessed. RFC 5452, section 9.1: the \
             question must be yours as well: name, type and class.",
        )
        .run(|log| {
            let eve = honest_but(12, b"\x03eve");
            not_mine(log, &eve, "a question for eve.lab")?;
            let longer = honest_but(7, b"\0");
            let longer = [&longer[..12], b"\x03www", &QUESTION].concat();
            let how = "a question for www.bob.lab";
            not_mine(log, &longer, how)?;
            let aaaa = honest_but(21, b"\0\x1c");
            not_mine(log, &aaaa, "a question for AAAA")?;
            let chaos = honest_but(23, b"\0\x03");
            not_mine(log, &chaos, "a question in class 3")
        });
}

#[test]
fn one_question_comes_back() {
    check("06", "Answers that lie")
        .because(
            "You asked one question, and an answer repeats it. Neither none \
             nor two are yours.",
        )
        .run(|log| {
            let mut none = message(&[b"", &RECORD]);
            none[5] = 0;
            not_mine(log, &none, "no question")?;
            let mut two = message(&[&QUESTION, &QUESTION, &RECORD]);
            (two[5], two[7]) = (2, 1);
            not_mine(log, &two, "two questions")
        });
}

#[test]
fn a_dot_in_a_label_is_no_border() {
    check("06", "Answers that lie")
        .because(
            "One label of seven bytes, among them a dot, is another name \
             than bob and lab. Compare label by label.",
        )
        .run(|log| {
            let one_label = message(&[b"\x07bob.lab\0\0\x01\0\x01", &RECORD]);
            let how = "a question for one label, 07 b o b . l a b";
            not_mine(log, &one_label, how)
        });
}

#[test]
fn what_was_cut_is_told() {
    check("06", "A question by hand: DNS")
        .because(
            "The flag 0200 says that the answer had no room in a datagram. \
             What there is of it may be part of a record.",
        )
        .run(|log| {
            let cut = honest_but(2, b"\x87\0");
            answers(log, &cut, "the flag 0200", Err(Problem::Cut))?;
            let how = "the flag 0200, and half a record";
            answers(log, &cut[..30], how, Err(Problem::Cut))
        });
}

#[test]
fn the_code_is_told() {
    check("06", "A question by hand: DNS")
        .because(
            "The lowest 4 bits of the flags are the code, and no more: 81 \
             83 is a response with the code 3, from a recursive server.",
        )
        .run(|log| {
            for (flags, code) in [(b"\x81\x83", 3), (b"\x85\x02", 2)] {
                let mut refusal = message(&[&QUESTION]);
                refusal[2..4].copy_from_slice(flags);
                let due = Err(Problem::Code(code));
                answers(log, &refusal, "a code and no answers", due)?;
            }
            let recursive = honest_but(2, b"\x81\x80");
            answers(log, &recursive, "the code 0", Ok(vec![BOB]))
        });
}

#[test]
fn a_strangers_code_means_nothing() {
    check("06", "Answers that lie")
        .because(
            "It has another id: anybody may have sent it. Believed, it \
             would tell you that the name doesn't exist.",
        )
        .run(|log| {
            let mut refusal = message(&[&QUESTION]);
            refusal[..4].copy_from_slice(b"\x1a\x2c\x81\x83");
            let how = "another id and the code 3";
            not_mine(log, &refusal, how)?;
            refusal[..4].copy_from_slice(b"\x1a\x2c\x87\x00");
            let how = "another id and the flag 0200";
            not_mine(log, &refusal, how)
        });
}

#[test]
fn a_message_that_ends_early_is_malformed() {
    check("06", "Answers that lie")
        .because("The message ends in the middle of what it speaks of.")
        .run(|log| {
            let honest = message(&[&QUESTION, &RECORD]);
            for end in 0..honest.len() {
                let cut = &honest[..end];
                let how = format!("{end} of its {} bytes", honest.len());
                malformed(log, cut, &how)?;
            }
            Ok(())
        });
}

#[test]
fn counts_are_claims() {
    check("06", "Answers that lie")
        .because(
            "The header speaks of more answers than there are. Then nothing \
             else it says can be relied on.",
        )
        .run(|log| {
            let two = honest_but(6, b"\0\x02");
            let how = "two answers announced, one there";
            malformed(log, &two, how)?;
            let many = honest_but(6, b"\xff\xff");
            malformed(log, &many, "65535 answers announced, one there")
        });
}

#[test]
fn lengths_are_claims() {
    check("06", "Answers that lie")
        .because("The record's data goes on beyond the message's end.")
        .run(|log| {
            let longer = honest_but(35, b"\0\x05");
            malformed(log, &longer, "data of 5 bytes, 4 of them there")?;
            let long = honest_but(35, b"\xff\xff");
            malformed(log, &long, "data of 65535 bytes, 4 of them there")?;
            // A text: nobody needs its data, and yet it lies.
            let text = b"\xc0\x0c\0\x10\0\x01\0\0\0\x3c\xff\xff";
            let text = message(&[&QUESTION, &RECORD, text]);
            malformed(log, &text, "a text of 65535 bytes, none of them there")
        });
}

#[test]
fn an_address_has_four_bytes() {
    check("06", "Answers that lie")
        .because(
            "RFC 1035, section 3.4.1: an address has 32 bits. Data of any \
             other length is none.",
        )
        .run(|log| {
            let three = honest_but(35, b"\0\x03");
            malformed(log, &three[..40], "an address of 3 bytes")?;
            let mut five = honest_but(35, b"\0\x05");
            five.push(9);
            malformed(log, &five, "an address of 5 bytes")
        });
}

#[test]
fn no_circle_is_followed() {
    check("06", "Answers that lie")
        .because(
            "The pointer leads to itself, or to one that leads back. A \
             datagram of 41 bytes must not stop your program.",
        )
        .run(|log| {
            let itself = honest_but(25, b"\xc0\x19");
            let how = "a pointer at byte 25 to byte 25";
            malformed(log, &itself, how)?;
            let each_other = honest_but(12, b"\xc0\x19");
            let how = "pointers at 12 to 25 and at 25 to 12";
            malformed(log, &each_other, how)
        });
}

#[test]
fn a_pointer_leads_backwards() {
    check("06", "Answers that lie")
        .because(
            "RFC 1035, section 4.1.4: a pointer leads to a prior occurrence \
             of a name. This one leads forwards.",
        )
        .run(|log| {
            let forwards = [b"\xc0\x29", &RECORD[2..]].concat();
            let whole = [b"\x03bob\x03lab\0", &RECORD[2..]].concat();
            let both = message(&[&QUESTION, &forwards, &whole]);
            let how = "a pointer at byte 25 to a name at byte 41";
            malformed(log, &both, how)
        });
}

#[test]
fn the_bits_01_and_10_begin_nothing() {
    check("06", "Answers that lie")
        .because(
            "RFC 1035, section 4.1.4: 00 begins a label and 11 a pointer. \
             Compare both bits.",
        )
        .run(|log| {
            for first in [0x40, 0x80] {
                let reserved = honest_but(25, &[first, 0x0c]);
                let how = format!("a name that begins with {first:02x} 0c");
                malformed(log, &reserved, &how)?;
            }
            // The same with bytes enough for a label of 64 or 128.
            for first in [0x40_u8, 0x80] {
                let name = [vec![first], vec![b'x'; first.into()], vec![0]];
                let record = [&name.concat(), &RECORD[2..]].concat();
                let long = message(&[&QUESTION, &record]);
                let how = format!("a label of {first} bytes");
                malformed(log, &long, &how)?;
            }
            Ok(())
        });
}

#[test]
fn a_name_that_goes_on_is_malformed() {
    check("06", "Answers that lie")
        .because(
            "RFC 1035, section 2.3.4: a name has at most 255 bytes, those \
             behind its pointers as well.",
        )
        .run(|log| {
            // Three labels of 63 letters and one more, before bob.lab.
            let labels = |last: u8| {
                let label =
                    |size: u8| [&[size][..], &vec![b'x'; size.into()]].concat();
                [63, 63, 63, last].map(label).concat()
            };
            let record = |last| [&labels(last), &RECORD[..]].concat();
            let fits = message(&[&QUESTION, &record(53), &RECORD]);
            let how = "a name of 255 bytes, then bob.lab";
            answers(log, &fits, how, Ok(vec![BOB]))?;
            let long = message(&[&QUESTION, &record(54), &RECORD]);
            let how = "a name of 256 bytes, then bob.lab";
            malformed(log, &long, how)?;
            // Without a bound, the labels of this one would fill all memory.
            let circle = [b"\x01x\xc0\x19", &RECORD[2..]].concat();
            let circle = message(&[&QUESTION, &circle]);
            let how = "a label and a pointer back to it";
            malformed(log, &circle, how)
        });
}

#[test]
fn nothing_makes_it_panic() {
    check("06", "Answers that lie")
        .because(
            "Any message may come, from anybody. None of them may end your \
             program.",
        )
        .run(|log| {
            let honest = message(&[&QUESTION, &RECORD]);
            for at in 0..honest.len() {
                for byte in [0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff] {
                    let message = honest_but(at, &[byte]);
                    log.afresh().note("asked", "bob.lab", "");
                    log.note("answer", dump(&message), "");
                    // Whatever it says of it.
                    let _ = answer(&message, ID, NAME);
                }
            }
            Ok(())
        });
}
