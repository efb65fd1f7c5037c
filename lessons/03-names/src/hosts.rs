//! The hosts file: names that need no network, hosts(5).
//!
//! ```text
//! 10.0.0.2    bob  bob.lab     # an address, its name, and aliases
//! ```
//!
//! Start reading at [`Host`].

use std::net::IpAddr;

use crate::lines::{Broken, lines};
use crate::{v4, v6};

/// One line: an address, and the names that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host<'a> {
    /// The address.
    pub address: IpAddr,
    /// Its name: the canonical one.
    pub name: &'a str,
    aliases: &'a str,
}

impl<'a> Host<'a> {
    /// The canonical name, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        [self.name].into_iter().chain(self.aliases.split_whitespace())
    }

    /// Whether this is one of its names. Upper and lower case are the same:
    /// RFC 4343.
    pub fn is_called(&self, name: &str) -> bool {
        self.names().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// The entries of a hosts file, in order.
///
/// # Errors
/// For each line whose first word is no address as inet_pton(3) reads it, or
/// that has no name. Whoever looks names up skips such a line, as the C
/// library does.
pub fn entries(file: &str) -> impl Iterator<Item = Result<Host<'_>, Broken>> {
    lines(file).map(|(line, first, rest)| {
        let v4 = v4::pton(first).map(IpAddr::V4);
        let address = v4.or_else(|_| v6::pton(first).map(IpAddr::V6));
        let why = "begins with no address";
        let address = address.map_err(|_| Broken { line, why })?;
        let names = rest.trim_start();
        let end = names.find(char::is_whitespace).unwrap_or(names.len());
        let (name, aliases) = names.split_at(end);
        match name {
            "" => Err(Broken { line, why: "has no name" }),
            name => Ok(Host { address, name, aliases }),
        }
    })
}

/// The addresses that a name has in the file, in its order.
pub fn addresses(file: &str, name: &str) -> impl Iterator<Item = IpAddr> {
    let called = move |host: &Host<'_>| host.is_called(name);
    entries(file).flatten().filter(called).map(|host| host.address)
}

/// The canonical name of an address: that of its first line.
pub fn name(file: &str, address: IpAddr) -> Option<&str> {
    let found = entries(file).flatten().find(|host| host.address == address);
    found.map(|host| host.name)
}
