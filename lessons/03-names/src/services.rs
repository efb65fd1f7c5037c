//! The services file: which port people agreed on for what, services(5).
//!
//! ```text
//! https       443/tcp   www    # a name, a port with its protocol, aliases
//! ```
//!
//! Start reading at [`Service`].

use crate::lines::{Broken, lines};

/// One line: a service, its port, and the protocol that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service<'a> {
    /// Its official name.
    pub name: &'a str,
    /// Its port, in the machine's own byte order.
    pub port: u16,
    /// `tcp`, `udp`, or another protocol's name.
    pub protocol: &'a str,
    aliases: &'a str,
}

impl<'a> Service<'a> {
    /// The official name, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        [self.name].into_iter().chain(self.aliases.split_whitespace())
    }

    fn is_over(&self, protocol: Option<&str>) -> bool {
        protocol.is_none_or(|protocol| self.protocol == protocol)
    }
}

// ANCHOR: entries
/// The entries of a services file, in order.
///
/// # Errors
/// For each line without `PORT/PROTOCOL`, or with a port beyond 65535.
/// Whoever looks a service up skips such a line.
pub fn entries(
    file: &str,
) -> impl Iterator<Item = Result<Service<'_>, Broken>> {
    lines(file).map(|(line, name, rest)| {
        let rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (number, aliases) = rest.split_at(end);
        let why = "has no PORT/PROTOCOL";
        let parts = number.split_once('/');
        let (port, protocol) = parts.ok_or(Broken { line, why })?;
        if protocol.is_empty() || !is_number(port) {
            return Err(Broken { line, why });
        }
        let why = "has a port beyond 65535";
        let port = port.parse().map_err(|_| Broken { line, why })?;
        Ok(Service { name, port, protocol, aliases })
    })
}

/// Digits and nothing else: `parse` alone would let a plus sign through.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}
// ANCHOR_END: entries

/// The first entry of that name or alias: `getservbyname(3)`. The case of
/// letters matters. `None` for the protocol takes any.
pub fn by_name<'a>(
    file: &'a str,
    name: &str,
    protocol: Option<&str>,
) -> Option<Service<'a>> {
    let mut entries = entries(file).flatten();
    entries.find(|service| {
        service.is_over(protocol) && service.names().any(|own| own == name)
    })
}

/// The first entry of that port: `getservbyport(3)`. `None` for the protocol
/// takes any.
pub fn by_port<'a>(
    file: &'a str,
    port: u16,
    protocol: Option<&str>,
) -> Option<Service<'a>> {
    let mut entries = entries(file).flatten();
    entries.find(|service| service.port == port && service.is_over(protocol))
}
