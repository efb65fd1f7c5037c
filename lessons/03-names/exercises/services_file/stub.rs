//! Read the services file.
//!
//! `/etc/services` says which port people agreed on for what: the C library's
//! `getservbyname` and `getservbyport` look there. Write `parse`, which reads
//! its text, and the two lookups.
//!
//! ```text
//! # Services: name, port/protocol, aliases
//! https       443/tcp   www-ssl   # HTTP over TLS
//! domain      53/tcp
//! domain      53/udp              # the same port, another protocol
//! ```
//!
//! - A `#` begins a comment, anywhere in a line. A line with nothing else is
//!   empty, and no entry.
//! - Words are separated by spaces and tabs, as many as you like; these may
//!   stand in front of a line too. The first word is the name, the second the
//!   port and the protocol with one slash between, and all others are aliases.
//! - The port is decimal digits, 0 to 65535. Names and protocols are any words,
//!   and not empty; upper and lower case differ.
//! - A line that breaks these rules is a bad line. `parse` gives the numbers of
//!   the bad lines, from 1, and all other lines count as if it weren't there.
//! - `port_of` looks for a name or an alias, `name_of` for a port, each for the
//!   protocol given. The first entry in the file that fits is the answer.
//!
//! Check it: `cargo workbook check services_file`
//!
//! Read chapter 03, "Services and ports".

/// One entry: a service on a port, for one protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its official name.
    pub name: String,
    /// Its port.
    pub port: u16,
    /// `tcp`, `udp`, or another protocol's name.
    pub protocol: String,
    /// Its other names, in order.
    pub aliases: Vec<String>,
}

/// The entries of a services file, in order, and the numbers of bad lines.
pub fn parse(text: &str) -> (Vec<Service>, Vec<usize>) {
    todo!("line by line: comment off, words, number and protocol")
}

/// The port of the service with this name or alias: getservbyname(3).
pub fn port_of(
    services: &[Service],
    name: &str,
    protocol: &str,
) -> Option<u16> {
    todo!("the first that has the name and the protocol")
}

/// The official name of the service on this port: getservbyport(3).
pub fn name_of<'a>(
    services: &'a [Service],
    port: u16,
    protocol: &str,
) -> Option<&'a str> {
    todo!("the first that has the port and the protocol")
}
