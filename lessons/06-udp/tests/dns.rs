//! DNS messages: what is written is read again, and no bytes at all bring
//! the reader to a panic, a circle or a wrong answer.

use std::net::{IpAddr, Ipv4Addr};

use lesson_udp::dns::{
    self, Entry, Error, HEADER, JUMPS, LARGEST, Message, code, kind,
};
use support::random::Random;

/// A name that can be written.
fn name(random: &mut Random) -> String {
    let mut name = String::new();
    for _ in 0..random.below(6) {
        if !name.is_empty() {
            name.push('.');
        }
        for _ in 0..=random.below(40) {
            name.push((b'a' + random.below(26) as u8) as char);
        }
    }
    name
}

fn entries(random: &mut Random) -> Vec<Entry> {
    let mut entry = || Entry {
        address: Ipv4Addr::from(random.number() as u32),
        ttl: random.number() as u32,
    };
    (0..3).map(|_| entry()).collect()
}

fn query(name: &str) -> Vec<u8> {
    let mut buffer = [0; LARGEST];
    let count = dns::query(0x1a2b, name, kind::A, &mut buffer).unwrap();
    buffer[..count].to_vec()
}

fn answered(question: &[u8], entries: &[Entry]) -> Vec<u8> {
    // More room than a message may use.
    let mut buffer = [0; 2 * LARGEST];
    let request = Message::parse(question).unwrap();
    let count =
        dns::answer(&request, code::NO_ERROR, entries, &mut buffer).unwrap();
    buffer[..count].to_vec()
}

/// Everything that a message says, to be sure that all of it can be read.
fn read_all(bytes: &[u8]) -> Option<usize> {
    let message = Message::parse(bytes).ok()?;
    let mut seen = message.counts().iter().map(|n| usize::from(*n)).sum();
    for question in message.questions() {
        seen += question.name.to_string().len();
    }
    for record in message.answers() {
        seen += record.name.to_string().len() + record.data.len();
        assert_eq!(
            record.address().is_some(),
            [kind::A, kind::AAAA].contains(&record.kind)
        );
    }
    Some(seen)
}

#[test]
fn a_question_is_the_bytes_of_the_rfc() {
    let due = b"\x1a\x2b\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\
                \x03bob\x03lab\x00\x00\x01\x00\x01";

    assert_eq!(query("bob.lab"), due);
    assert_eq!(query("bob.lab."), due, "the dot at the end is the root");
}

#[test]
fn what_is_written_is_read_again() {
    let mut random = Random(4);
    for round in 0..5000 {
        let (name, entries) = (name(&mut random), entries(&mut random));
        let question = query(&name);
        let answer = answered(&question, &entries);

        let asked = Message::parse(&question).unwrap();
        let told = Message::parse(&answer).unwrap();
        let addresses: Vec<_> =
            told.answers().filter_map(|r| r.address()).collect();
        let due: Vec<_> =
            entries.iter().map(|e| IpAddr::from(e.address)).collect();

        assert!(told.answers_to(&asked), "round {round}: {name}");
        assert_eq!(addresses, due, "round {round}: {name}");
        for record in told.answers() {
            assert!(record.name.is(&name), "round {round}: {name}");
        }
    }
}

#[test]
fn every_beginning_of_a_message_is_refused() {
    let mut random = Random(5);
    for _ in 0..200 {
        let name = name(&mut random);
        let answer = answered(&query(&name), &entries(&mut random));
        assert!(Message::parse(&answer).is_ok());
        for end in 0..answer.len() {
            let refused = Message::parse(&answer[..end]).unwrap_err();
            assert!(matches!(refused, Error::Truncated { .. }), "{refused}");
        }
    }
}

#[test]
fn damaged_messages_are_read_or_refused_and_never_panic() {
    let mut random = Random(6);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..100_000 {
        let name = name(&mut random);
        let mut message = answered(&query(&name), &entries(&mut random));
        for _ in 0..=random.below(4) {
            let at = random.below(message.len());
            message[at] = random.number() as u8;
        }
        match read_all(&message) {
            Some(_) => read += 1,
            None => refused += 1,
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} read, {refused} refused");
}

#[test]
fn random_bytes_never_panic() {
    let mut random = Random(7);
    for _ in 0..100_000 {
        let length = random.below(80);
        let mut bytes: Vec<u8> =
            (0..length).map(|_| random.number() as u8).collect();
        // Small counts, so that more of it looks like a message.
        for at in [4, 6, 8, 10] {
            if at < length {
                bytes[at] = 0;
            }
        }
        read_all(&bytes);
    }
}

#[test]
fn what_lies_behind_the_records_is_refused() {
    let mut answer = answered(&query("bob.lab"), &[]);
    answer.extend([0; 3]);

    let refused = Message::parse(&answer).unwrap_err();

    assert_eq!(refused, Error::Surplus { bytes: 3 });
}

#[test]
fn an_address_has_the_length_of_its_type() {
    let entry = Entry { address: [10, 0, 0, 2].into(), ttl: 60 };
    let mut answer = answered(&query("bob.lab"), &[entry]);
    let length = answer.len() - 5;
    answer[length] = 3;
    answer.pop();

    let refused = Message::parse(&answer).unwrap_err();

    assert_eq!(refused, Error::Address { at: length + 1, length: 3 });
}

/// A message of one question whose name is given as bytes.
fn with_name(name: &[u8]) -> Vec<u8> {
    let mut message = vec![0; HEADER];
    message[5] = 1;
    message.extend(name);
    message.extend([0, 1, 0, 1]);
    message
}

#[test]
fn pointers_that_do_not_go_backwards_are_refused() {
    for (name, at, to) in [
        (&b"\xc0\x0c"[..], 12, 12),
        (b"\xc0\x0e", 12, 14),
        (b"\x01a\xc0\x0c", 14, 12),
        (b"\x01a\xc0\x0e", 14, 14),
        (b"\xff\xff", 12, 0x3fff),
    ] {
        let refused = Message::parse(&with_name(name)).unwrap_err();

        assert_eq!(refused, Error::Pointer { at, to }, "{name:02x?}");
    }
}

/// A message of two records. The first's data are pointers, each to the one
/// before; the second's name is the last of so many.
fn with_chain(pointers: usize) -> Vec<u8> {
    let mut message = vec![0; HEADER];
    message[7] = 2;
    // The root's name, type NULL, class IN, no time to live.
    message.extend([0, 0, 10, 0, 1, 0, 0, 0, 0]);
    message.extend((2 * (pointers - 1) as u16).to_be_bytes());
    let mut to = HEADER;
    for _ in 1..pointers {
        let here = message.len();
        message.extend((0xc000 | to as u16).to_be_bytes());
        to = here;
    }
    message.extend((0xc000 | to as u16).to_be_bytes());
    message.extend([0, 10, 0, 1, 0, 0, 0, 0, 0, 0]);
    message
}

#[test]
fn as_many_pointers_as_a_name_has_labels_are_read_and_no_more() {
    let (fits, too_many) = (with_chain(JUMPS), with_chain(JUMPS + 1));

    assert!(Message::parse(&fits).is_ok());
    let refused = Message::parse(&too_many).unwrap_err();
    assert_eq!(refused, Error::Jumps { at: too_many.len() - 12 });
    assert!(Message::parse(&with_chain(8000)).is_err());
}

#[test]
fn a_name_of_255_bytes_is_read_and_of_256_is_refused() {
    let label = |length: usize| {
        let mut label = vec![length as u8];
        label.extend(vec![b'x'; length]);
        label
    };
    let name = |last| {
        let mut name = [63, 63, 63, last].map(label).concat();
        name.push(0);
        name
    };

    assert_eq!(name(61).len(), 255);
    assert!(Message::parse(&with_name(&name(61))).is_ok());
    let refused = Message::parse(&with_name(&name(62))).unwrap_err();
    assert_eq!(refused, Error::LongName);
}

#[test]
fn names_that_cannot_be_written_are_refused() {
    let x = |count| "x".repeat(count);
    let long = [63, 63, 63, 62].map(x).join(".");
    for (name, due) in [
        ("a..b", Error::EmptyLabel),
        (".a", Error::EmptyLabel),
        ("..", Error::EmptyLabel),
        (&x(64), Error::LongLabel),
        (&x(300), Error::LongLabel),
        (&long, Error::LongName),
        ("bücher.lab", Error::NotAscii),
    ] {
        let mut buffer = [0; LARGEST];
        let refused = dns::query(1, name, kind::A, &mut buffer).unwrap_err();

        assert_eq!(refused, due, "{name}");
    }
    assert_eq!(query("").len(), HEADER + 5, "the root has a name too");
}

#[test]
fn a_buffer_without_room_is_no_panic() {
    for room in 0..25 {
        let mut buffer = [0; 25];
        let refused =
            dns::query(1, "bob.lab", kind::A, &mut buffer[..room]).unwrap_err();

        assert_eq!(refused, Error::NoRoom { room });
    }
}

#[test]
fn what_does_not_fit_is_left_out_and_said_so() {
    let entry = Entry { address: [10, 0, 0, 2].into(), ttl: 60 };
    let answer = answered(&query("bob.lab"), &[entry; 100]);
    let told = Message::parse(&answer).unwrap();

    assert!(told.was_truncated());
    assert!(answer.len() <= LARGEST);
    // 12 bytes of header, 13 of question, 16 for each record.
    assert_eq!(told.answers().count(), (LARGEST - 25) / 16);
}

#[test]
fn only_the_answer_to_the_question_is_one() {
    let question = query("bob.lab");
    let asked = Message::parse(&question).unwrap();
    let answer = answered(&question, &[]);
    let changed = |at: usize, to: u8| {
        let mut changed = answer.clone();
        changed[at] = to;
        Message::parse(&changed).unwrap().answers_to(&asked)
    };

    assert!(Message::parse(&answer).unwrap().answers_to(&asked));
    assert!(changed(HEADER + 1, b'B'), "upper and lower case are the same");
    assert!(!changed(0, 0xff), "another id");
    assert!(!changed(2, 0x01), "a question");
    assert!(!changed(HEADER + 1, b'r'), "another name");
    assert!(!changed(HEADER + 10, 28), "another type");
    assert!(!asked.answers_to(&asked));
}

#[test]
fn odd_characters_in_a_name_are_shown_as_numbers() {
    let message = with_name(b"\x04a.\\\n\x00");
    let message = Message::parse(&message).unwrap();
    let name = message.questions().next().unwrap().name;

    assert_eq!(name.to_string(), r"a\.\\\010");
    let root = with_name(b"\x00");
    let root = Message::parse(&root).unwrap();
    assert_eq!(root.questions().next().unwrap().name.to_string(), ".");
}
