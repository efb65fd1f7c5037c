//! What is written by hand here takes and gives what the C library does, for
//! thousands of texts and addresses. The texts are made from a seed, so each
//! run tries the same ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use lesson_names::{c, v4, v6};

/// xorshift64*, by Vigna: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Near the limits of every part: 8, 16, 24 and 32 bits.
const NUMBERS: [u64; 20] = [
    0,
    1,
    7,
    8,
    9,
    10,
    99,
    100,
    127,
    249,
    255,
    256,
    65_535,
    65_536,
    16_777_215,
    16_777_216,
    4_294_967_295,
    4_294_967_296,
    9_223_372_036_854_775_808,
    u64::MAX,
];

const TAILS: [&str; 22] = [
    "", "", "", "", "", "", " ", "\t", "\n", "\u{b}", "\u{c}", "\r", " x",
    " garbage", ".", "x", "-", "/24", ":80", "%lo", "é", "\u{a0}",
];

fn number(random: &mut Random) -> String {
    let value = match random.below(3) {
        0 => random.below(300) as u64,
        1 => random.next() >> random.below(64),
        _ => NUMBERS[random.below(NUMBERS.len())],
    };
    match random.below(12) {
        0 => format!("0{value:o}"),
        1 => format!("0x{value:x}"),
        2 => format!("0X{value:X}"),
        3 => format!("0{value}"),
        4 => format!("00{value:o}"),
        5 => random
            .one(&["", "0x", "08", "0x0", "+1", "-1", " 1", "1 ", "a", "00"])
            .into(),
        6 => format!("{value}{value}{value}"),
        _ => format!("{value}"),
    }
}

/// One to five numbers with dots between, and something behind.
fn dotted(random: &mut Random) -> String {
    let mut text: String =
        random.one(&["", "", "", "", "", "", "", " ", "."]).into();
    for part in 0..1 + random.below(5) {
        if part > 0 {
            text += random.one(&[".", ".", ".", ".", ".", ".", "..", ":"]);
        }
        text += &number(random);
    }
    text + random.one(&TAILS)
}

fn group(random: &mut Random) -> String {
    let value = random.next() as u16 >> random.below(17).min(15);
    match random.below(14) {
        0 => format!("{value:04x}"),
        1 => format!("{value:X}"),
        2 => format!("0{value:04x}"),
        3 => random.one(&["", "g", "12345", "00000", " 1", "1.2.3.4"]).into(),
        4 | 5 => "0".into(),
        _ => format!("{value:x}"),
    }
}

/// Up to nine groups with colons between, and perhaps an IPv4 address.
fn coloned(random: &mut Random) -> String {
    let mut text: String =
        random.one(&["", "", "", "", "::", "::", ":", "::ffff:"]).into();
    for part in 0..random.below(10) {
        if part > 0 {
            text += random.one(&[":", ":", ":", ":", ":", ":", ":", "::"]);
        }
        text += &group(random);
    }
    match random.below(8) {
        0 => text += &format!(":{}", strict(random)),
        1 => text += "::",
        2 => text += random.one(&[":", "%eth0", "/64", ".", " ", "é"]),
        _ => {}
    }
    text
}

fn strict(random: &mut Random) -> String {
    let mut octet = || random.below(270).to_string();
    [octet(), octet(), octet(), octet()].join(".")
}

/// Text that is an address but for one byte, changed, taken or doubled.
fn nearly(random: &mut Random, text: String) -> String {
    let mut bytes = text.into_bytes();
    if !bytes.is_empty() && random.below(4) == 0 {
        let at = random.below(bytes.len());
        match random.below(3) {
            0 => bytes[at] = b".:0129afxgX% \t"[random.below(14)],
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, bytes[at]),
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn address(random: &mut Random) -> Ipv6Addr {
    let mut groups = [0; 8];
    // Few bits set in `shape`: runs of zeros, which are what is written
    // with care.
    let shape = random.next() & random.next();
    for (index, group) in groups.iter_mut().enumerate() {
        if shape >> index & 1 == 1 {
            *group = random.next() as u16 >> random.below(16);
        }
    }
    match random.below(6) {
        0 => groups[..6].copy_from_slice(&[0, 0, 0, 0, 0, 0xffff]),
        1 => groups[..6].fill(0),
        _ => {}
    }
    groups.into()
}

#[test]
fn aton_takes_what_the_c_library_takes() {
    let mut random = Random(0x5eed);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..60_000 {
        let text = dotted(&mut random);
        let text = nearly(&mut random, text);

        let (ours, theirs) = (v4::aton(&text), c::inet_aton(&text));

        assert_eq!(ours.ok(), theirs, "{text:?}");
        *if theirs.is_some() { &mut taken } else { &mut refused } += 1;
    }
    assert!(taken > 5_000 && refused > 5_000, "{taken}, {refused}");
}

#[test]
fn pton_takes_the_ipv4_texts_that_the_c_library_takes() {
    let mut random = Random(0x5eed + 4);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..60_000 {
        let text = match round % 2 {
            0 => dotted(&mut random),
            _ => strict(&mut random),
        };
        let text = nearly(&mut random, text);

        let (ours, theirs) = (v4::pton(&text), c::inet_pton4(&text));

        assert_eq!(ours.ok(), theirs, "{text:?}");
        assert_eq!(theirs, text.parse().ok(), "std: {text:?}");
        *if theirs.is_some() { &mut taken } else { &mut refused } += 1;
    }
    assert!(taken > 5_000 && refused > 5_000, "{taken}, {refused}");
}

#[test]
fn pton_takes_the_ipv6_texts_that_the_c_library_takes() {
    let mut random = Random(0x5eed + 6);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..120_000 {
        let text = match round % 3 {
            0 => v6::ntop(address(&mut random)).to_string(),
            _ => coloned(&mut random),
        };
        let text = nearly(&mut random, text);

        let (ours, theirs) = (v6::pton(&text), c::inet_pton6(&text));

        assert_eq!(ours.ok(), theirs, "{text:?}");
        assert_eq!(theirs, text.parse().ok(), "std: {text:?}");
        *if theirs.is_some() { &mut taken } else { &mut refused } += 1;
    }
    assert!(taken > 20_000 && refused > 20_000, "{taken}, {refused}");
}

#[test]
fn addresses_are_written_as_the_c_library_writes_them() {
    let mut random = Random(0x5eed + 7);
    for _ in 0..60_000 {
        let address = address(&mut random);
        let [.., a, b, c, d] = address.octets();
        let short = Ipv4Addr::from([a, b, c, d]);

        assert_eq!(*v6::ntop(address), c::inet_ntop(address.into()));
        assert_eq!(*v4::ntoa(short), c::inet_ntoa(short));
        assert_eq!(*v4::ntoa(short), c::inet_ntop(IpAddr::V4(short)));
    }
}

#[test]
fn rust_writes_ipv6_as_rfc_5952_says() {
    let mut random = Random(0x5eed + 8);
    let mut differ = 0;
    for _ in 0..60_000 {
        let address = address(&mut random);

        let text = v6::rfc5952(address);

        assert_eq!(*text, address.to_string());
        assert_eq!(v6::pton(&text), Ok(address), "{text}");
        assert_eq!(v6::pton(&v6::ntop(address)), Ok(address));
        differ += usize::from(*text != *v6::ntop(address));
    }
    assert!(differ > 100, "{differ}");
}
