//! From a service to its port, and back: services(5).
//!
//! Without an argument the lesson's own file is read, so that it tells the
//! same everywhere; with one, this machine's.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use lesson_names::services::{self, Service};
use narrator::{During, Trouble, line};

/// What `service` takes.
#[derive(Args, Default)]
pub struct Form {
    /// A service or a port; without it, some from the lesson's own file
    service: Option<String>,
    /// Only for this protocol: tcp, udp
    #[arg(long, requires = "service")]
    protocol: Option<String>,
    /// The file to look into
    #[arg(long, default_value = "/etc/services", requires = "service")]
    file: PathBuf,
}

/// The lesson's own file.
const FILE: &str = include_str!("../etc/services");

/// Looks a service up.
pub fn run(form: Form) -> Result<(), Trouble> {
    let Some(asked) = form.service else { return demo() };
    let name = form.file.display();
    let text = fs::read_to_string(&form.file).map_err(|e| hint(e, &form.file));
    let text = text.during(format_args!("read {name}"))?;
    let found = look_up(&text, &asked, form.protocol.as_deref());
    let doing = format!("service {}", asked.escape_debug());
    let found = found.during(&doing)?;
    let missing = || io::Error::other(format!("not in {name}"));
    tell(&asked, found.ok_or_else(missing).during(&doing)?);
    Ok(())
}

/// A machine without the file: what to do about it.
fn hint(error: io::Error, file: &Path) -> io::Error {
    let missing = error.kind() == io::ErrorKind::NotFound;
    if !missing || file != Path::new("/etc/services") {
        return error;
    }
    let why = "this machine has no such file (Debian's package netbase brings \
               it); name another with --file";
    io::Error::new(io::ErrorKind::NotFound, why)
}

// ANCHOR: look_up
/// The entry of a port where the text is a number, else that of a name.
///
/// # Errors
/// For a number that is no port.
fn look_up<'a>(
    file: &'a str,
    asked: &str,
    protocol: Option<&str>,
) -> io::Result<Option<Service<'a>>> {
    if asked.is_empty() || !asked.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(services::by_name(file, asked, protocol));
    }
    let beyond = "a port is a number from 0 to 65535";
    let port = asked.parse().map_err(|_| io::Error::other(beyond))?;
    Ok(services::by_port(file, port, protocol))
}
// ANCHOR_END: look_up

/// Names and ports of the lesson's file.
fn demo() -> Result<(), Trouble> {
    let names = ["mysql", "https", "www", "postgres", "HTTPS"];
    for asked in names.into_iter().chain(["443", "53", "8888", "70000"]) {
        match look_up(FILE, asked, None) {
            Ok(Some(service)) => tell(asked, service),
            Ok(None) => said(asked, "", "no line has it"),
            Err(error) => said(asked, "", error),
        }
    }
    line("");
    for protocol in ["tcp", "udp"] {
        let found = services::by_name(FILE, "domain", Some(protocol));
        found.into_iter().for_each(|service| tell("domain", service));
    }
    line("");
    // Lines that aren't as services(5) says are skipped, and can be told.
    let broken = "web 80\nhuge 70000/tcp\nssh 22/tcp\n";
    for entry in services::entries(broken) {
        match entry {
            Ok(service) => tell(service.name, service),
            Err(error) => line(format_args!("skipped: {error}")),
        }
    }
    Ok(())
}

fn tell(asked: &str, service: Service<'_>) {
    let port = format!("{}/{}", service.port, service.protocol);
    let names: Vec<_> = service.names().collect();
    said(asked, &port, names.join(", "));
}

fn said(asked: &str, port: &str, what: impl Display) {
    line(format_args!("{asked:<10} {port:<9} {what}"));
}
