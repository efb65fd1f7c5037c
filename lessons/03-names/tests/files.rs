//! Hosts and services files, good lines and bad ones; and DNS questions.

use std::net::IpAddr;

use lesson_names::dns::{Data, Question, Type};
use lesson_names::services::Service;
use lesson_names::{hosts, services};

const HOSTS: &str = "\
# comment\n\
127.0.0.1 localhost\n\
::1\tlocalhost ip6-localhost # and more\n\
10.0.0.2   Bob bob.lab\r\n\
10.0.0.3   bob\n\
010.0.0.4  octal\n\
fe80::1%eth0 zone\n\
10.0.0.5\n";

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn addresses(name: &str) -> Vec<IpAddr> {
    hosts::addresses(HOSTS, name).collect()
}

#[test]
fn a_name_has_all_its_addresses_in_the_order_of_the_file() {
    assert_eq!(addresses("localhost"), ips(&["127.0.0.1", "::1"]));
    assert_eq!(addresses("ip6-localhost"), ips(&["::1"]));
}

#[test]
fn the_case_of_a_host_name_does_not_matter() {
    assert_eq!(addresses("bOB"), ips(&["10.0.0.2", "10.0.0.3"]));
}

#[test]
fn an_address_has_the_name_of_its_first_line() {
    let bob = "10.0.0.2".parse().unwrap();
    assert_eq!(hosts::name(HOSTS, bob), Some("Bob"));
    assert_eq!(hosts::name(HOSTS, "10.0.0.9".parse().unwrap()), None);
}

#[test]
fn a_bad_line_is_told_and_skipped() {
    let broken = hosts::entries(HOSTS).filter_map(Result::err);
    let broken: Vec<_> = broken.map(|error| error.to_string()).collect();

    assert_eq!(
        broken,
        [
            "line 6: begins with no address",
            "line 7: begins with no address",
            "line 8: has no name",
        ]
    );
    assert_eq!(addresses("octal"), ips(&[]));
}

const SERVICES: &str = "\
domain 53/tcp\n\
domain 53/udp\n\
http   80/tcp www # the web\n\
huge   65536/tcp\n\
plus   +80/tcp\n\
bare   81\n\
slash  82/\n\
alone\n\
last   65535/udp";

fn port(name: &str, protocol: Option<&str>) -> Option<u16> {
    services::by_name(SERVICES, name, protocol).map(|service| service.port)
}

#[test]
fn a_service_is_found_by_name_alias_and_protocol() {
    assert_eq!(port("www", None), Some(80));
    assert_eq!(port("www", Some("udp")), None);
    assert_eq!(port("last", Some("udp")), Some(65535));
    assert_eq!(port("HTTP", None), None);
    let domain = services::by_port(SERVICES, 53, Some("udp"));
    let told = |s: Service<'static>| (s.name, s.protocol);
    assert_eq!(domain.map(told), Some(("domain", "udp")));
}

#[test]
fn a_line_without_a_port_that_fits_is_told_and_skipped() {
    let broken = services::entries(SERVICES).filter_map(Result::err);
    let broken: Vec<_> = broken.map(|error| error.to_string()).collect();

    assert_eq!(
        broken,
        [
            "line 4: has a port beyond 65535",
            "line 5: has no PORT/PROTOCOL",
            "line 6: has no PORT/PROTOCOL",
            "line 7: has no PORT/PROTOCOL",
            "line 8: has no PORT/PROTOCOL",
        ]
    );
    assert_eq!(port("huge", None), None);
}

/// "Which addresses has bob.lab?", as a resolver writes it.
const QUERY: [u8; 25] = *b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\
    \x03bob\x03lab\x00\x00\x01\x00\x01";

#[test]
fn a_question_is_read_and_answered() {
    let question = Question::parse(&QUERY).unwrap();
    assert_eq!((question.id, question.kind), (0x1234, Type::A));
    assert_eq!(question.name, "bob.lab");

    let data = [Data::Address("10.0.0.2".parse().unwrap())];
    let answer = question.answer(&QUERY, Some(&data));

    assert_eq!(answer[..12], *b"\x12\x34\x85\0\0\x01\0\x01\0\0\0\0");
    assert_eq!(answer[12..25], QUERY[12..]);
    assert_eq!(
        answer[25..],
        *b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x02"
    );
    assert_eq!(question.answer(&QUERY, None)[3], 3, "no such name");
}

#[test]
fn a_question_cut_off_anywhere_is_refused() {
    for length in 0..QUERY.len() {
        assert!(Question::parse(&QUERY[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_message_with_no_question_or_with_two_is_refused() {
    for count in [0, 2, 255] {
        let mut query = QUERY;
        query[5] = count;

        let error = Question::parse(&query).unwrap_err();

        assert_eq!(error.to_string(), "one question is due at byte 4");
    }
}

#[test]
fn a_question_that_points_in_a_circle_is_refused() {
    let mut query = QUERY;
    query[12..14].copy_from_slice(&[0xc0, 12]);

    let error = Question::parse(&query).unwrap_err();

    assert_eq!(
        error.to_string(),
        "a label of at most 63 bytes is due at byte 12"
    );
}

#[test]
fn a_name_of_more_labels_than_a_name_can_have_is_refused() {
    let mut query = QUERY[..12].to_vec();
    query.extend(b"\x01a".repeat(200));
    query.extend(b"\0\0\x01\0\x01");

    assert!(Question::parse(&query).is_err());
}

#[test]
fn no_question_whatever_its_bytes_breaks_the_reader() {
    let mut state = 0x5eed_u32;
    for _ in 0..20_000 {
        let mut query = QUERY;
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % query.len();
            query[at] = (state >> 24) as u8;
        }
        if let Ok(question) = Question::parse(&query) {
            question.answer(&query, None);
        }
    }
}
