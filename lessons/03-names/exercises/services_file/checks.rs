//! What `parse`, `port_of` and `name_of` must get right.

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

const FILE: &str = "\
# Services: name, port/protocol, aliases
ssh             22/tcp
domain          53/tcp
domain          53/udp          # the same port
http            80/tcp          www www-http    # WorldWideWeb
https           443/tcp         www-ssl
https           443/udp         www-ssl         # HTTP/3
shell           514/tcp         cmd syslog
syslog          514/udp
http-alt        8080/tcp        webcache http
gateway         8080/tcp
";

/// Entries and bad lines in words, a line each.
#[derive(PartialEq)]
struct Told(Vec<String>);

impl Told {
    fn of((services, bad): (Vec<Service>, Vec<usize>)) -> Self {
        let entry = |s: &Service| {
            let Service { name, port, protocol, aliases } = s;
            format!("{name:?} {port} {protocol:?} {aliases:?}")
        };
        let mut rows: Vec<_> = services.iter().map(entry).collect();
        if !bad.is_empty() {
            rows.push(format!("bad lines {bad:?}"));
        }
        Told(rows)
    }
}

impl Show for Told {
    fn show(&self) -> String {
        match self.0.is_empty() {
            true => "no entries".to_string(),
            false => self.0.join(&format!("\n{:10}", "")),
        }
    }
}

/// An entry as the checks write it.
fn entry(name: &str, port: u16, protocol: &str, aliases: &[&str]) -> Service {
    Service {
        name: name.to_string(),
        port,
        protocol: protocol.to_string(),
        aliases: aliases.iter().map(|alias| alias.to_string()).collect(),
    }
}

/// Claims what is in a file.
fn holds(
    log: &Log,
    file: &str,
    services: Vec<Service>,
    bad: &[usize],
) -> Result<(), Broken> {
    log.afresh();
    for (line, number) in file.lines().zip(1..) {
        log.note("file", format!("{number}: {line:?}"), "");
    }
    log.expect(Told::of((services, bad.to_vec())), Told::of(parse(file)))
}

/// Claims that one line is bad, and that the one behind it still counts.
fn is_bad(log: &Log, line: &str) -> Result<(), Broken> {
    let file = format!("{line}\nssh 22/tcp\n");
    holds(log, &file, vec![entry("ssh", 22, "tcp", &[])], &[1])
}

/// The entries of `FILE`, whatever `parse` does.
fn services() -> Vec<Service> {
    vec![
        entry("ssh", 22, "tcp", &[]),
        entry("domain", 53, "tcp", &[]),
        entry("domain", 53, "udp", &[]),
        entry("http", 80, "tcp", &["www", "www-http"]),
        entry("https", 443, "tcp", &["www-ssl"]),
        entry("https", 443, "udp", &["www-ssl"]),
        entry("shell", 514, "tcp", &["cmd", "syslog"]),
        entry("syslog", 514, "udp", &[]),
        entry("http-alt", 8080, "tcp", &["webcache", "http"]),
        entry("gateway", 8080, "tcp", &[]),
    ]
}

fn port_is(
    log: &Log,
    (name, protocol): (&str, &str),
    due: Option<u16>,
) -> Result<(), Broken> {
    log.afresh().note("port_of", format!("{name:?}, {protocol:?}"), "");
    log.expect(due, port_of(&services(), name, protocol))
}

fn name_is(
    log: &Log,
    (port, protocol): (u16, &str),
    due: Option<&str>,
) -> Result<(), Broken> {
    log.afresh().note("name_of", format!("{port}, {protocol:?}"), "");
    log.expect(due, name_of(&services(), port, protocol))
}

#[test]
fn an_entry_is_read() {
    check("03", "Services and ports")
        .because(
            "Name, port/protocol, and as many aliases as there are: none \
             is the usual number.",
        )
        .run(|log| {
            let file = "ssh 22/tcp\nhttp 80/tcp www www-http\n";
            let http = entry("http", 80, "tcp", &["www", "www-http"]);
            holds(log, file, vec![entry("ssh", 22, "tcp", &[]), http], &[])
        });
}

#[test]
fn spaces_and_tabs_separate_words() {
    check("03", "Services and ports")
        .because(
            "Any number of spaces and tabs stands between two words, in \
             front of the first and behind the last. None of them makes an \
             empty word.",
        )
        .run(|log| {
            let file = "  ssh\t\t22/tcp  \n\thttp \t 80/tcp\twww  web \t\n";
            let http = entry("http", 80, "tcp", &["www", "web"]);
            holds(log, file, vec![entry("ssh", 22, "tcp", &[]), http], &[])?;
            let file = "ssh 22/tcp\r\ndomain 53/udp";
            let domain = entry("domain", 53, "udp", &[]);
            holds(log, file, vec![entry("ssh", 22, "tcp", &[]), domain], &[])
        });
}

#[test]
fn a_comment_begins_anywhere() {
    check("03", "Services and ports")
        .because(
            "What begins with # is for people, wherever in the line it is: \
             at the front, behind the aliases, or right behind a word.",
        )
        .run(|log| {
            let file = "# a 1/tcp\n  # b 2/tcp\nssh 22/tcp # c\n\
                        www 80/tcp#d\nirc 6667/tcp ircd#e f\n";
            let due = vec![
                entry("ssh", 22, "tcp", &[]),
                entry("www", 80, "tcp", &[]),
                entry("irc", 6667, "tcp", &["ircd"]),
            ];
            holds(log, file, due, &[])
        });
}

#[test]
fn empty_lines_are_not_bad() {
    check("03", "Services and ports")
        .because(
            "A line without words says nothing, and that is no fault. Neither \
             is an empty file.",
        )
        .run(|log| {
            let file = "\n\n   \nssh 22/tcp\n\t\n#\n  #\n";
            holds(log, file, vec![entry("ssh", 22, "tcp", &[])], &[])?;
            holds(log, "", Vec::new(), &[])
        });
}

#[test]
fn any_protocol_may_stand_there() {
    check("03", "Services and ports")
        .because(
            "TCP and UDP aren't the only transports that have ports: there \
             are SCTP and DCCP. A parser of the file takes any word.",
        )
        .run(|log| {
            let due = vec![entry("rna-lm", 1522, "sctp", &[])];
            holds(log, "rna-lm 1522/sctp\n", due, &[])
        });
}

#[test]
fn a_bad_line_is_told_by_its_number() {
    check("03", "Services and ports")
        .because(
            "The number is the line's in the file, from 1, as an editor shows \
             it: comments, empty lines and other bad lines count. The good \
             lines around a bad one stay.",
        )
        .run(|log| {
            let file = "# services\n\nssh\ndomain 53/tcp\nx # 1/tcp\n\n\
                        http 80/tcp www\ny";
            let domain = entry("domain", 53, "tcp", &[]);
            let http = entry("http", 80, "tcp", &["www"]);
            holds(log, file, vec![domain, http], &[3, 5, 8])
        });
}

#[test]
fn a_port_is_65535_at_most() {
    check("03", "Services and ports")
        .because(
            "A port has 16 bits. 65536 is not 0 and not 65535: the line is \
             bad. 0 and 65535 are numbers like others here.",
        )
        .run(|log| {
            let due = vec![entry("a", 0, "tcp", &[])];
            holds(log, "a 0/tcp\n", due, &[])?;
            let due = vec![entry("a", 65535, "tcp", &[])];
            holds(log, "a 65535/tcp\n", due, &[])?;
            for line in ["a 65536/tcp", "a 70000/tcp", "a 4294967376/tcp"] {
                is_bad(log, line)?;
            }
            is_bad(log, &format!("a {}/tcp", "9".repeat(40)))
        });
}

#[test]
fn a_port_is_digits() {
    check("03", "Services and ports")
        .because(
            "Decimal digits and nothing else: no sign, which `str::parse` \
             would take, no hexadecimal, no word.",
        )
        .run(|log| {
            for line in [
                "a +80/tcp",
                "a -1/tcp",
                "a 0x50/tcp",
                "a ssh/tcp",
                "a 8.0/tcp",
            ] {
                is_bad(log, line)?;
            }
            Ok(())
        });
}

#[test]
fn port_and_protocol_belong_together() {
    check("03", "Services and ports")
        .because(
            "The second word is a port, one slash, and a protocol. Without \
             all three, nobody knows what the line means.",
        )
        .run(|log| {
            for line in [
                "a",
                "a 80",
                "a 80/",
                "a /tcp",
                "a /",
                "a tcp/80",
                "a 80 tcp",
                "a 80 /tcp",
                "a 80/ tcp",
                "a 80/tcp/udp",
                "a # 80/tcp",
            ] {
                is_bad(log, line)?;
            }
            Ok(())
        });
}

#[test]
fn a_whole_file_is_read() {
    check("03", "Services and ports")
        .because(
            "Ten entries, in the order of the file. The same name stands \
             there twice, once for each protocol: these are two entries.",
        )
        .run(|log| holds(log, FILE, services(), &[]));
}

#[test]
fn a_name_has_a_port() {
    check("03", "Services and ports")
        .because(
            "The service is found by its official name. A name that isn't \
             there has no port, and a part of a name is another name.",
        )
        .run(|log| {
            port_is(log, ("ssh", "tcp"), Some(22))?;
            port_is(log, ("domain", "udp"), Some(53))?;
            port_is(log, ("gopher", "tcp"), None)?;
            port_is(log, ("htt", "tcp"), None)?;
            port_is(log, ("", "tcp"), None)
        });
}

#[test]
fn an_alias_is_as_good_as_a_name() {
    check("03", "Services and ports")
        .because(
            "Whoever asks for `www` means the service that has it as an \
             alias. The last of several aliases counts as the first does.",
        )
        .run(|log| {
            port_is(log, ("www", "tcp"), Some(80))?;
            port_is(log, ("www-http", "tcp"), Some(80))?;
            port_is(log, ("www-ssl", "udp"), Some(443))
        });
}

#[test]
fn a_name_is_looked_up_for_a_protocol() {
    check("03", "Services and ports")
        .because(
            "`ssh` is there for TCP only. A service for one protocol says \
             nothing about the same name for another; `syslog` is another \
             service's alias for TCP.",
        )
        .run(|log| {
            port_is(log, ("ssh", "udp"), None)?;
            port_is(log, ("www", "udp"), None)?;
            port_is(log, ("ssh", "sctp"), None)?;
            port_is(log, ("cmd", "udp"), None)
        });
}

#[test]
fn the_first_entry_that_fits_is_the_answer() {
    check("03", "Services and ports")
        .because(
            "`http` is the name of the entry for port 80, and an alias of \
             the one for 8080, which comes later. Port 8080 has two names. \
             In both cases the file's order decides.",
        )
        .run(|log| {
            port_is(log, ("http", "tcp"), Some(80))?;
            name_is(log, (8080, "tcp"), Some("http-alt"))?;
            let two = [
                entry("first", 1, "tcp", &["both"]),
                entry("both", 2, "tcp", &[]),
            ];
            log.afresh().note("entries", "first 1/tcp both", "");
            log.note("entries", "both 2/tcp", "");
            log.note("port_of", "\"both\", \"tcp\"", "");
            log.expect(Some(1), port_of(&two, "both", "tcp"))
        });
}

#[test]
fn a_port_has_an_official_name() {
    check("03", "Services and ports")
        .because(
            "The answer is the first word of the entry, and not an alias. A \
             port without an entry has no name.",
        )
        .run(|log| {
            name_is(log, (443, "tcp"), Some("https"))?;
            name_is(log, (80, "tcp"), Some("http"))?;
            name_is(log, (81, "tcp"), None)?;
            name_is(log, (0, "tcp"), None)
        });
}

#[test]
fn a_port_is_looked_up_for_a_protocol() {
    check("03", "Services and ports")
        .because(
            "Ports of TCP and of UDP are two sets of numbers. 514 is `shell` \
             for TCP and `syslog` for UDP; 22 has no entry for UDP.",
        )
        .run(|log| {
            name_is(log, (514, "tcp"), Some("shell"))?;
            name_is(log, (514, "udp"), Some("syslog"))?;
            name_is(log, (22, "udp"), None)
        });
}
#[test]
fn upper_and_lower_case_differ() {
    check("03", "Services and ports")
        .because(
            "Names of hosts don't care about upper and lower case; names of \
             services and protocols in this file do.",
        )
        .run(|log| {
            port_is(log, ("SSH", "tcp"), None)?;
            port_is(log, ("WWW", "tcp"), None)?;
            port_is(log, ("ssh", "TCP"), None)?;
            name_is(log, (22, "TCP"), None)
        });
}
