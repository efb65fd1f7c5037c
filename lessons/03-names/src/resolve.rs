//! From a name to addresses: getaddrinfo(3), and whom it asks.
//!
//! Without a name Alice looks some up in the lab, where every step can be
//! seen. With one, this machine does.

use std::net::{SocketAddr, ToSocketAddrs};

use clap::Args;
use lab::Record;
use narrator::{During, Trouble, line, say};

use crate::limit;
use crate::path::{self, Run};
use crate::stage::Stage;

/// What `resolve` takes.
#[derive(Args, Default)]
pub struct Form {
    /// A name or an address; without it, some names in the lab
    #[arg(conflicts_with_all = ["json", "pcap"])]
    name: Option<String>,
    #[command(flatten)]
    record: Record,
}

/// The names that Alice looks up, and what to look out for.
const NAMES: [(&str, &str); 6] = [
    ("10.0.0.9", "an address already: nobody is asked"),
    ("localhost", "one name, two addresses"),
    ("bob", "a name of the hosts file"),
    ("printer", "a name of the name server"),
    ("nobody", "a name that nobody has"),
    ("silent.lab.", "a question that nobody answers"),
];

/// Looks up a name here, or the lab's names there.
pub fn run(form: Form) -> Result<(), Trouble> {
    if let Some(name) = form.name {
        return here(&name);
    }
    const RECORDED: &str = include_str!("../tests/snapshots/resolve.snap");
    const JSON: &str = include_str!("../tests/snapshots/resolve.json.snap");
    let record = form.record;
    let lab = record.enter_with_ipv6(RECORDED, JSON)?;
    let Some(lab) = lab else { return Ok(()) };
    let mut stage = Stage::open(lab)?;
    stage.enable_ipv6_loopback()?;
    let mut runs = Vec::new();
    for (name, title) in NAMES {
        let hurry = name == "silent.lab.";
        let (result, events) = stage.ask(move || {
            if hurry {
                // Nobody wants to wait five seconds for a demo.
                let text = "nameserver 10.0.0.2\noptions timeout:1 attempts:1";
                let _ = std::fs::write("/etc/resolv.conf", text);
            }
            addresses(name)
        })?;
        let result = result.map_err(|e| words(&e));
        runs.push(Run::new("getaddrinfo", name, title, events, result));
    }
    match record.json {
        true => path::json("resolve", "The path of a name", &runs)?,
        false => path::tell_all(&runs),
    }
    stage.close(record.capture)
}

// ANCHOR: addresses
/// All addresses of a name, in the order in which they are to be tried:
/// std's `to_socket_addrs`, which calls getaddrinfo(3).
pub fn addresses(name: &str) -> std::io::Result<Vec<String>> {
    // It wants a port too, and copies it into each address.
    let found = (name, 0).to_socket_addrs()?;
    Ok(found.map(text).collect())
}
// ANCHOR_END: addresses

/// The address without the port; with the interface's number where one was
/// given: RFC 4007, section 11.
fn text(address: SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => {
            format!("{}%{}", v6.ip(), v6.scope_id())
        }
        address => address.ip().to_string(),
    }
}

/// What gai_strerror(3) says, without std's words before it.
pub fn words(error: &std::io::Error) -> String {
    let words = error.to_string();
    let own = "failed to lookup address information: ";
    words.strip_prefix(own).unwrap_or(&words).to_string()
}

/// Looks a name up on this machine, within a limit.
fn here(name: &str) -> Result<(), Trouble> {
    let asked = name.to_string();
    let doing = format!("resolve {}", name.escape_debug());
    let found = limit::within(move || {
        addresses(&asked).map_err(|e| std::io::Error::other(words(&e)))
    });
    let found = found.and_then(|found| found).during(&doing)?;
    for address in &found {
        say(name, "has", address);
    }
    match found.len() {
        1 => line("one address"),
        count => line(format_args!("{count} addresses, in the order to try")),
    }
    Ok(())
}
