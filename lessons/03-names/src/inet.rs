//! Texts that are addresses, and texts that some take for one: inet_aton(3)
//! and inet_pton(3), ours and the C library's side by side.

use std::fmt::Display;
use std::io;
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};

use lesson_names::{Error, c, v4, v6};
use narrator::{During, Trouble, line, say};

/// Texts of IPv4, for the demo.
const V4: [&str; 13] = [
    "10.0.0.2",
    "127.1",
    "1.2.3",
    "2130706433",
    "0x7f.1",
    "010.0.0.1",
    "08.0.0.1",
    "1.2.3.4 garbage",
    "1.2.3.4garbage",
    " 1.2.3.4",
    "256.0.0.1",
    "1.2.3.256",
    "1.2.3.4.5",
];

/// Texts of IPv6.
const V6: [&str; 13] = [
    "2001:DB8:0:0:0:0:0:1",
    "2001:0db8::0001",
    "2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1",
    "2001:db8:0:0:1:0:0:1",
    "::ffff:10.0.0.2",
    "::10.0.0.2",
    "::",
    "1::2::3",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "::1.2.3.04",
    "fe80::1%eth0",
];

/// One text, or all of the demo's.
pub fn run(text: Option<String>) -> Result<(), Trouble> {
    if let Some(text) = text {
        return one(&text);
    }
    table("inet_aton", |text| agree(v4::aton(text), c::inet_aton(text)))?;
    line("");
    table("inet_pton", |text| agree(v4::pton(text), c::inet_pton4(text)))?;
    line("");
    line("IPv6                   inet_pton, then inet_ntop  RFC 5952");
    for text in V6 {
        let address = agree(v6::pton(text), c::inet_pton6(text));
        match address.during(format_args!("compare {text}"))? {
            Err(error) => line(format_args!("{text:<22} refused: {error}")),
            Ok(address) => {
                let (c, rfc) = (v6::ntop(address), v6::rfc5952(address));
                line(format_args!("{text:<22} {c:<26} {rfc}"));
            }
        }
    }
    line("");
    in_rust("010.0.0.1").during("to_socket_addrs")
}

// ANCHOR: in_rust
/// Two ways that Rust's std has from a text to an address, and they differ:
/// `parse` is as strict as inet_pton; `to_socket_addrs` hands to
/// getaddrinfo(3) what it can't parse, and that asks inet_aton first.
fn in_rust(text: &str) -> io::Result<()> {
    let parsed = text.parse::<Ipv4Addr>();
    let parsed = parsed.map_or_else(|e| e.to_string(), |a| a.to_string());
    line(format_args!("{text:?}.parse()                  {parsed}"));
    for address in (text, 80).to_socket_addrs()? {
        line(format_args!("({text:?}, 80).to_socket_addrs()  {address}"));
    }
    Ok(())
}
// ANCHOR_END: in_rust

fn table<T: Display>(
    call: &str,
    read: impl Fn(&str) -> io::Result<Result<T, Error>>,
) -> Result<(), Trouble> {
    line(format_args!("IPv4                   {call}"));
    for text in V4 {
        let shown = format!("{text:?}");
        match read(text).during(format_args!("compare {text}"))? {
            Ok(address) => line(format_args!("{shown:<22} {address}")),
            Err(error) => line(format_args!("{shown:<22} refused: {error}")),
        }
    }
    Ok(())
}

/// Ours, where the C library says the same.
fn agree<T: PartialEq>(
    ours: Result<T, Error>,
    theirs: Option<T>,
) -> io::Result<Result<T, Error>> {
    match (&ours, &theirs) {
        (Ok(ours), Some(theirs)) if ours == theirs => {}
        (Err(_), None) => {}
        _ => return Err(io::Error::other("this C library reads it otherwise")),
    }
    Ok(ours)
}

/// What each call makes of one text.
fn one(text: &str) -> Result<(), Trouble> {
    let aton = v4::aton(text).map(v4::ntoa);
    let v4 = v4::pton(text).map(v4::ntoa);
    let v6 = v6::pton(text);
    let known = aton.is_ok() || v4.is_ok() || v6.is_ok();
    said("inet_aton", aton);
    said("pton IPv4", v4);
    said("pton IPv6", v6.map(v6::ntop));
    if let Ok(address) = v6 {
        say("text", "RFC 5952", v6::rfc5952(address));
    }
    let unknown = "no form of an address; names are for `resolve`";
    match known {
        true => Ok(()),
        false => {
            Err(io::Error::other(unknown)).during(format_args!("read {text:?}"))
        }
    }
}

fn said(call: &str, answer: Result<impl Display, Error>) {
    match answer {
        Ok(address) => say("text", call, address),
        Err(error) => say("text", call, format_args!("refused: {error}")),
    }
}

/// An address in a strict form, of either family.
///
/// # Errors
/// Words that say which forms there are.
pub fn strict(text: &str) -> Result<IpAddr, String> {
    let v4 = v4::pton(text).map(IpAddr::V4);
    v4.or_else(|v4| match v6::pton(text).map(IpAddr::V6) {
        Ok(address) => Ok(address),
        Err(v6) if text.contains(':') => Err(format!("not IPv6: {v6}")),
        Err(_) => Err(format!(
            "not IPv4: {v4}; an address looks like 10.0.0.2 or fd00::2"
        )),
    })
}
