//! What `write` and `read` must get right.

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// An address, or none, with all its digits.
#[derive(PartialEq)]
struct Told(Option<[u16; 8]>);

impl Show for Told {
    fn show(&self) -> String {
        let four = |group: &u16| format!("{group:04x}");
        let all = |groups: [u16; 8]| groups.each_ref().map(four).join(" ");
        self.0.map_or("None".to_string(), all)
    }
}

/// Claims which text an address becomes.
fn becomes(log: &Log, groups: [u16; 8], due: &str) -> Result<(), Broken> {
    log.afresh().note("groups", Told(Some(groups)).show(), "");
    log.expect(due.to_string(), write(groups))
}

/// Claims which address a text is.
fn is(log: &Log, text: &str, due: [u16; 8]) -> Result<(), Broken> {
    log.afresh().note("text", format!("{text:?}"), "");
    log.expect(Told(Some(due)), Told(read(text)))
}

/// Claims that these texts are no addresses.
fn are_none(log: &Log, texts: &[&str]) -> Result<(), Broken> {
    for text in texts {
        log.afresh().note("text", format!("{text:?}"), "");
        log.expect(Told(None), Told(read(text)))?;
    }
    Ok(())
}

#[test]
fn groups_are_written_in_lower_case() {
    check("03", "IPv6 as text")
        .because(
            "RFC 5952, section 4.3: the digits a to f in lower case. Each \
             group is one number of 16 bits, and a colon stands between two.",
        )
        .run(|log| {
            let groups = [0x2001, 0xdb8, 0xa, 0xb, 0xc, 0xd, 0xe, 0xabcd];
            becomes(log, groups, "2001:db8:a:b:c:d:e:abcd")
        });
}

#[test]
fn no_zeros_stand_in_front() {
    check("03", "IPv6 as text")
        .because(
            "RFC 5952, section 4.1: db8, not 0db8. Zeros at the end of a \
             group stay, since they count.",
        )
        .run(|log| {
            let groups = [1, 0x20, 0x300, 0x4000, 5, 0x60, 0x700, 0x8000];
            becomes(log, groups, "1:20:300:4000:5:60:700:8000")
        });
}

#[test]
fn a_run_of_zeros_is_shortened() {
    check("03", "IPv6 as text")
        .because(
            "RFC 5952, section 4.2.1: `::` stands for the whole run, however \
             long it is. At the front or at the end there are two colons \
             all the same, not one and not three.",
        )
        .run(|log| {
            becomes(log, [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], "2001:db8::1")?;
            becomes(log, [1, 0, 0, 4, 5, 6, 7, 8], "1::4:5:6:7:8")?;
            becomes(log, [0, 0, 0, 0, 0, 0, 0, 1], "::1")?;
            becomes(log, [0xff02, 0, 0, 0, 0, 0, 0, 0], "ff02::")?;
            becomes(log, [0; 8], "::")
        });
}

#[test]
fn a_single_zero_is_written_out() {
    check("03", "IPv6 as text")
        .because(
            "RFC 5952, section 4.2.2: `::` never stands for one group alone. \
             A group of zero is the digit 0.",
        )
        .run(|log| {
            becomes(log, [1, 2, 0, 4, 5, 6, 7, 8], "1:2:0:4:5:6:7:8")?;
            becomes(log, [0, 2, 3, 4, 5, 6, 7, 8], "0:2:3:4:5:6:7:8")?;
            becomes(log, [1, 0, 3, 0, 5, 0, 7, 0], "1:0:3:0:5:0:7:0")
        });
}

#[test]
fn the_longest_run_is_shortened() {
    check("03", "IPv6 as text")
        .because(
            "RFC 5952, section 4.2.3: of several runs the longest, wherever \
             it stands. The others are written out: with `::` twice, nobody \
             could say how many groups each stands for.",
        )
        .run(|log| {
            becomes(log, [1, 0, 0, 4, 0, 0, 0, 8], "1:0:0:4::8")?;
            becomes(log, [1, 0, 0, 0, 5, 0, 0, 8], "1::5:0:0:8")?;
            becomes(log, [0, 0, 3, 0, 0, 0, 7, 8], "0:0:3::7:8")?;
            becomes(log, [1, 0, 3, 4, 5, 6, 0, 0], "1:0:3:4:5:6::")
        });
}

#[test]
fn the_first_of_equal_runs_is_shortened() {
    check("03", "IPv6 as text")
        .because(
            "RFC 5952, section 4.2.3: where two runs are the longest, the \
             first one is shortened.",
        )
        .run(|log| {
            let groups = [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1];
            becomes(log, groups, "2001:db8::1:0:0:1")?;
            becomes(log, [0, 0, 3, 0, 0, 6, 0, 0], "::3:0:0:6:0:0")
        });
}

#[test]
fn eight_groups_are_read() {
    check("03", "IPv6 as text")
        .because(
            "Eight groups of one to four hexadecimal digits, in upper or \
             lower case, with zeros in front or without.",
        )
        .run(|log| {
            is(log, "1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8])?;
            let due = [0x2001, 0xdb8, 0, 0, 0xabcd, 0xef, 0, 1];
            is(log, "2001:0DB8:0:0000:ABCD:00ef:00:0001", due)?;
            is(log, "ffff:FFFF:0:0:0:0:0:0", [0xffff, 0xffff, 0, 0, 0, 0, 0, 0])
        });
}

#[test]
fn two_colons_stand_for_zeros() {
    check("03", "IPv6 as text")
        .because(
            "`::` stands for as many groups as are missing. They may be \
             missing in front, in the middle or at the end, or all of them. \
             A run of one group may be written so too, and read.",
        )
        .run(|log| {
            is(log, "2001:db8::1", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])?;
            is(log, "::1", [0, 0, 0, 0, 0, 0, 0, 1])?;
            is(log, "fe80::", [0xfe80, 0, 0, 0, 0, 0, 0, 0])?;
            is(log, "::", [0; 8])?;
            is(log, "1::0:8", [1, 0, 0, 0, 0, 0, 0, 8])?;
            is(log, "1:2:3::5:6:7:8", [1, 2, 3, 0, 5, 6, 7, 8])?;
            is(log, "::2:3:4:5:6:7:8", [0, 2, 3, 4, 5, 6, 7, 8])?;
            is(log, "1:2:3:4:5:6:7::", [1, 2, 3, 4, 5, 6, 7, 0])
        });
}

#[test]
fn two_colons_stand_once_at_most() {
    check("03", "IPv6 as text")
        .because(
            "With `::` twice, the zeros could be shared out in several ways. \
             Three colons are no separator at all.",
        )
        .run(|log| {
            are_none(log, &["1::2::3", "::1::", "1:::2", ":::", "::::"])
        });
}

#[test]
fn two_colons_stand_for_a_group_at_least() {
    check("03", "IPv6 as text")
        .because(
            "Eight groups are there already, so nothing is missing that `::` \
             could stand for. More than eight don't fit either way.",
        )
        .run(|log| {
            are_none(log, &["1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8"])?;
            are_none(log, &["1:2:3:4:5:6:7:8::", "1:2:3:4:5::6:7:8:9"])
        });
}

#[test]
fn there_are_eight_groups() {
    check("03", "IPv6 as text")
        .because(
            "Without `::` there must be exactly eight groups. An address \
             isn't filled up, and what is too much isn't left out.",
        )
        .run(|log| {
            are_none(log, &["1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1", "1:2"])
        });
}

#[test]
fn a_group_has_four_digits_at_most() {
    check("03", "IPv6 as text")
        .because(
            "A group has 16 bits, which are four digits. Even zeros in front \
             don't make it longer.",
        )
        .run(|log| {
            are_none(log, &["12345::", "::00001", "1:2:3:4:5:6:7:10000"])?;
            are_none(log, &["::ffffffffffffffffffff"])
        });
}

#[test]
fn no_group_is_empty() {
    check("03", "IPv6 as text")
        .because(
            "A single colon stands between two groups. None stands at the \
             front or at the end.",
        )
        .run(|log| {
            are_none(log, &["", ":", "1:", ":1", "::1:", ":1::"])?;
            are_none(log, &["1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8"])
        });
}

#[test]
fn a_group_is_hexadecimal_digits() {
    check("03", "IPv6 as text")
        .because(
            "The digits 0 to 9 and a to f, and nothing else: no sign, which \
             `from_str_radix` would take, no 0x, no white space, no zone.",
        )
        .run(|log| {
            are_none(log, &["::g", "+1::", "::-1", "0x1::", "::1_0"])?;
            are_none(log, &[" ::1", "::1 ", ":: 1", "fe80::1%eth0", "[::1]"])?;
            are_none(log, &["::1/64", "::1.2.3.4", "10.0.0.2", "::\u{661}"])
        });
}

#[test]
fn what_is_written_is_read() {
    check("03", "IPv6 as text")
        .because(
            "Whatever `write` writes, `read` must read as the same address. \
             All 256 ways in which groups can be zero or not were tried.",
        )
        .run(|log| {
            for zeros in 0..=255u8 {
                let mut groups = [1, 0x20, 0x300, 0xfedc, 5, 0x60, 0x700, 8];
                for (place, group) in groups.iter_mut().enumerate() {
                    if zeros & (1 << place) != 0 {
                        *group = 0;
                    }
                }
                let text = write(groups);
                log.afresh().note("written", text.show(), "");
                log.expect(Told(Some(groups)), Told(read(&text)))?;
            }
            Ok(())
        });
}
