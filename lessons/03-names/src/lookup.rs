//! The nine calls that every course on sockets begins with, and what there
//! is for each in Rust. Alice makes them all in the lab.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};

use lab::Capture;
use lesson_names::{c, services, v4};
use narrator::{Trouble, line};
use nix::unistd::gethostname;

use crate::stage::Stage;

/// A call, made twice.
struct Row {
    call: &'static str,
    asked: String,
    /// What the C library's call gave.
    c: String,
    /// What Rust gave.
    rust: String,
    /// Which function that was.
    by: &'static str,
}

/// All nine, as one table.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/lookup.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let mut stage = Stage::open(lab)?;
    let (rows, _) = stage.ask(|| [names(), addresses(), ports()])?;
    let heading = "asked → the answer in C and in Rust";
    line(format_args!("{:<16} {heading:<42}  in Rust", "the call"));
    rows.iter().flatten().for_each(tell);
    line("");
    let (printer, _) = stage.ask(both_families)?;
    tell(&printer);
    stage.close(capture)
}

/// One answer where both agree; otherwise both.
fn tell(row: &Row) {
    let Row { call, asked, c, rust, by } = row;
    let arrow = if asked.is_empty() { "" } else { " " };
    if c == rust {
        let answer = format!("{asked}{arrow}→ {c}");
        line(format_args!("{call:<16} {answer:<42}  {by}"));
        return;
    }
    line(format_args!("{call:<16} {asked}{arrow}→ {c}"));
    let answer = format!("{asked}{arrow}→ {rust}");
    line(format_args!("{:<16} {answer:<42}  {by}", ""));
}

// ANCHOR: names
/// This machine's name; a name's addresses; an address's name.
fn names() -> Vec<Row> {
    let name = || Some(gethostname().ok()?.to_string_lossy().into_owned());
    let bob = Ipv4Addr::new(10, 0, 0, 2);
    vec![
        Row {
            call: "gethostname(2)",
            asked: String::new(),
            c: or_nothing(c::gethostname()),
            rust: or_nothing(name()),
            by: "nix gethostname",
        },
        Row {
            call: "gethostbyname(3)",
            asked: "bob".into(),
            c: joined(c::gethostbyname("bob")),
            rust: joined(all_of("bob")),
            by: "std to_socket_addrs",
        },
        Row {
            call: "gethostbyaddr(3)",
            asked: bob.to_string(),
            c: or_nothing(c::gethostbyaddr(bob)),
            rust: or_nothing(c::getnameinfo(bob.into()).ok()),
            by: "libc getnameinfo",
        },
    ]
}
// ANCHOR_END: names

// ANCHOR: addresses
/// From text to bytes, and back.
fn addresses() -> Vec<Row> {
    let short = "127.1";
    let local = Ipv4Addr::LOCALHOST;
    let mut rows = vec![
        Row {
            call: "inet_aton(3)",
            asked: short.into(),
            c: hex(c::inet_aton(short).map(IpAddr::V4)),
            rust: hex(v4::aton(short).ok().map(IpAddr::V4)),
            by: "v4::aton",
        },
        Row {
            call: "inet_ntoa(3)",
            asked: hex(Some(local.into())),
            c: c::inet_ntoa(local),
            rust: local.to_string(),
            by: "std Display",
        },
    ];
    let v4 = ("10.0.0.2", c::inet_pton4("10.0.0.2").map(IpAddr::V4));
    let v6 = ("fd00::2", c::inet_pton6("fd00::2").map(IpAddr::V6));
    for (text, bytes) in [v4, v6] {
        rows.push(Row {
            call: "inet_pton(3)",
            asked: text.into(),
            c: hex(bytes),
            rust: hex(text.parse().ok()),
            by: "std parse",
        });
    }
    let bob: [IpAddr; 2] = [
        Ipv4Addr::new(10, 0, 0, 2).into(),
        Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2).into(),
    ];
    rows.extend(bob.map(|address| Row {
        call: "inet_ntop(3)",
        asked: hex(Some(address)),
        c: c::inet_ntop(address),
        rust: address.to_string(),
        by: "std Display",
    }));
    rows
}
// ANCHOR_END: addresses

// ANCHOR: ports
/// From a service to its port, and back.
fn ports() -> Vec<Row> {
    let file = std::fs::read_to_string("/etc/services").unwrap_or_default();
    let mysql = services::by_name(&file, "mysql", Some("tcp"));
    let https = services::by_port(&file, 443, Some("tcp"));
    vec![
        Row {
            call: "getservbyname(3)",
            asked: "mysql".into(),
            c: or_nothing(c::getservbyname("mysql", "tcp")),
            rust: or_nothing(mysql.map(|service| service.port)),
            by: "services::by_name",
        },
        Row {
            call: "getservbyport(3)",
            asked: "443".into(),
            c: or_nothing(c::getservbyport(443, "tcp")),
            rust: or_nothing(https.map(|service| service.name)),
            by: "services::by_port",
        },
    ]
}
// ANCHOR_END: ports

/// A name with addresses of both kinds: here the old call and the new one
/// can't agree.
fn both_families() -> Row {
    Row {
        call: "gethostbyname(3)",
        asked: "printer".into(),
        c: joined(c::gethostbyname("printer")),
        rust: joined(all_of("printer")),
        by: "std to_socket_addrs",
    }
}

fn all_of(name: &str) -> Vec<IpAddr> {
    let found = (name, 0).to_socket_addrs();
    found.map_or(Vec::new(), |found| found.map(|a| a.ip()).collect())
}

fn joined<T: ToString>(items: Vec<T>) -> String {
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

fn hex(address: Option<IpAddr>) -> String {
    let digits =
        |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect();
    match address {
        Some(IpAddr::V4(address)) => digits(&address.octets()),
        Some(IpAddr::V6(address)) => digits(&address.octets()),
        None => or_nothing(None::<String>),
    }
}

fn or_nothing(answer: Option<impl ToString>) -> String {
    answer.map_or("nothing".into(), |answer| answer.to_string())
}
