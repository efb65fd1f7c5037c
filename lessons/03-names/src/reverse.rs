//! From an address to a name: getnameinfo(3). And back again, because the
//! name that an address claims is worth nothing by itself.

use std::io;
use std::net::IpAddr;

use clap::Args;
use lab::Record;
use lesson_names::c;
use narrator::{During, Trouble, line, say};

use crate::path::{self, Run};
use crate::resolve::addresses;
use crate::stage::Stage;
use crate::{inet, limit};

/// What `reverse` takes.
#[derive(Args, Default)]
pub struct Form {
    /// An address; without it, some addresses in the lab
    #[arg(conflicts_with_all = ["json", "pcap"])]
    address: Option<String>,
    #[command(flatten)]
    record: Record,
}

/// The addresses that Alice looks up, and what to look out for.
const ADDRESSES: [([u8; 4], &str); 4] = [
    ([10, 0, 0, 2], "an address of the hosts file"),
    ([10, 0, 0, 9], "an address of the name server"),
    ([10, 0, 0, 66], "an address with a name that isn't its own"),
    ([10, 0, 0, 77], "an address without a name"),
];

/// Looks an address up here, or the lab's there.
pub fn run(form: Form) -> Result<(), Trouble> {
    if let Some(text) = form.address {
        return here(&text);
    }
    const RECORDED: &str = include_str!("../tests/snapshots/reverse.snap");
    const JSON: &str = include_str!("../tests/snapshots/reverse.json.snap");
    let record = form.record;
    let Some(lab) = record.enter(RECORDED, JSON)? else { return Ok(()) };
    let mut stage = Stage::open(lab)?;
    let mut runs = Vec::new();
    for (index, (address, title)) in ADDRESSES.into_iter().enumerate() {
        let address = IpAddr::from(address);
        let (name, events) = stage.ask(move || c::getnameinfo(address))?;
        let text = address.to_string();
        let result = name.clone().map(|name| vec![name]);
        runs.push(Run::new("getnameinfo", &text, title, events, result));
        if !record.json {
            if index > 0 {
                line("");
            }
            path::tell(&runs[index]);
        }
        if let (Ok(name), false) = (name, record.json) {
            let (back, _) = stage.ask(move || check(&name, address))?;
            say("alice", "getaddrinfo", back);
        }
    }
    if record.json {
        path::json("reverse", "The path of an address", &runs)?;
    }
    stage.close(record.capture)
}

// ANCHOR: check
/// Whether a name that an address claims leads back to that address.
fn check(name: &str, address: IpAddr) -> String {
    let found = addresses(name).unwrap_or_default();
    let back = found.contains(&address.to_string());
    let (found, there) = (found.join(", "), !found.is_empty());
    match (there, back) {
        (_, true) => format!("{found}: the name leads back"),
        (true, _) => format!("{found}, not {address}: don't believe it"),
        (false, _) => "no address: don't believe it".to_string(),
    }
}
// ANCHOR_END: check

/// Looks an address up on this machine, within a limit.
fn here(text: &str) -> Result<(), Trouble> {
    let doing = format!("reverse {}", text.escape_debug());
    let address = inet::strict(text).map_err(io::Error::other);
    let address = address.during(&doing)?;
    let found = limit::within(move || {
        c::getnameinfo(address).map_err(io::Error::other)
    });
    let name = found.and_then(|found| found).during(&doing)?;
    say(text, "has", &name);
    let asked = name.clone();
    let back = limit::within(move || check(&asked, address));
    say(&name, "has", back.during(format_args!("resolve {name}"))?);
    Ok(())
}
