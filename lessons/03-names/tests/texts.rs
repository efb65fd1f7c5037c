//! What is wrong with a text is said, and where; and no text, right or
//! wrong, costs memory.

use std::net::{Ipv4Addr, Ipv6Addr};

use lesson_names::{Error, hosts, services, v4, v6};
use support::memory;

#[track_caller]
fn refused<T>(answer: Result<T, Error>, why: &str) {
    let Err(error) = answer else { panic!("it was taken") };
    assert_eq!(error.to_string(), why);
}

#[test]
fn a_zero_in_front_means_octal_to_one_and_is_refused_by_the_other() {
    assert_eq!(v4::aton("010.0.0.1"), Ok(Ipv4Addr::new(8, 0, 0, 1)));
    refused(v4::pton("10.0.010.1"), "the number at byte 5 begins with 0");
}

#[test]
fn fewer_numbers_fill_what_is_left() {
    let local = Ok(Ipv4Addr::LOCALHOST);
    for text in ["127.1", "127.0.1", "0x7f.1", "2130706433", "017700000001"] {
        assert_eq!(v4::aton(text), local, "{text}");
        assert!(v4::pton(text).is_err(), "{text}");
    }
    assert_eq!(v4::aton("1.65535"), Ok(Ipv4Addr::new(1, 0, 255, 255)));
    refused(v4::aton("1.2.65536"), "the number at byte 4 exceeds 65535");
}

#[test]
fn white_space_ends_the_lenient_text_and_nothing_else_does() {
    let address = Ok(Ipv4Addr::new(1, 2, 3, 4));
    for text in ["1.2.3.4 garbage", "1.2.3.4\n", "1.2.3.4\u{b}x"] {
        assert_eq!(v4::aton(text), address, "{text:?}");
    }
    refused(v4::aton("1.2.3.4x"), "a dot is due at byte 7");
    refused(v4::aton(" 1.2.3.4"), "a digit is due at byte 0");
    refused(v4::aton(""), "ends at byte 0, a digit is due");
}

#[test]
fn a_number_of_a_thousand_digits_is_too_large_and_no_more() {
    let long = "9".repeat(1_000);
    refused(v4::pton(&long), "the number at byte 0 exceeds 255");
    refused(v4::aton(&long), "the number at byte 0 exceeds 4294967295");
    refused(v6::pton(&long), "a colon is due at byte 4");
}

#[test]
fn a_faulty_ipv6_text_is_told_where_it_is_faulty() {
    for (text, why) in [
        ("", "ends at byte 0, a group is due"),
        (":1", "a group is due at byte 0"),
        ("1:2:3", "3 groups, 8 are due"),
        ("1:2:3:4:5:6:7:8:9", "more than 8 groups, from byte 16 on"),
        ("1:2:3:4:5:6:7:8::", "more than 7 groups, from byte 15 on"),
        ("1::2::3", "more than 1 ::, from byte 4 on"),
        ("12345::", "a colon is due at byte 4"),
        ("fe80::1%eth0", "a colon is due at byte 7"),
        ("::1:", "ends at byte 4, a group is due"),
        ("::1.2.3", "ends at byte 7, a dot is due"),
        ("::1.2.3.04", "the number at byte 8 begins with 0"),
        ("1:2:3:4:5:6:7:1.2.3.4", "more than 8 groups, from byte 14 on"),
        ("::é", "a group is due at byte 2"),
    ] {
        refused(v6::pton(text), why);
    }
}

#[test]
fn rfc_5952_has_one_text_for_an_address() {
    for (text, due) in [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("::ffff:c000:201", "::ffff:192.0.2.1"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("1:0:0:0:0:0:0:0", "1::"),
    ] {
        let address = v6::pton(text).unwrap();
        assert_eq!(v6::rfc5952(address), due);
    }
}

#[test]
fn the_c_library_writes_one_kind_of_address_otherwise() {
    let old: Ipv6Addr = "::10.0.0.2".parse().unwrap();

    assert_eq!(v6::ntop(old), "::10.0.0.2");
    assert_eq!(v6::rfc5952(old), "::a00:2");
    assert_eq!(v6::ntop(Ipv6Addr::LOCALHOST), "::1");
}

#[test]
fn reading_and_writing_take_no_memory() {
    let file = "10.0.0.2 bob server\nbad line\n::1 localhost\n";
    let ports = "https 443/tcp www\nhuge 70000/tcp\nmysql 3306/tcp\n";

    let (found, held) = memory::most_held(|| {
        let mut found = 0;
        for text in ["127.1", "10.0.0.2", "fd00::2", "1.2.3.4x", "1::2::3"] {
            found += v4::aton(text).map_or(0, |a| v4::ntoa(a).len());
            found += v4::pton(text).map_or(0, |a| v4::ntoa(a).len());
            found += v6::pton(text).map_or(0, |a| v6::ntop(a).len());
        }
        found += hosts::addresses(file, "SERVER").count();
        found += services::by_name(ports, "mysql", None).into_iter().count();
        found
    });

    assert_eq!((found, held), (9 + 8 + 8 + 7 + 1 + 1, 0));
}
