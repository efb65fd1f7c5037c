//! Rejected by: the_first_entry_that_fits_is_the_answer, a_port_has_an_official_name, a_port_is_looked_up_for_a_protocol
//!
//! The name that people use is taken for the answer: the first alias, where
//! there is one.

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
    let (mut services, mut bad) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let said = line.split('#').next().unwrap_or_default();
        let mut words = said.split_whitespace();
        let Some(name) = words.next() else {
            continue;
        };
        match words.next().and_then(port_and_protocol) {
            Some((port, protocol)) => services.push(Service {
                name: name.to_string(),
                port,
                protocol: protocol.to_string(),
                aliases: words.map(str::to_string).collect(),
            }),
            None => bad.push(number),
        }
    }
    (services, bad)
}

/// `443/tcp` in two.
fn port_and_protocol(word: &str) -> Option<(u16, &str)> {
    let (port, protocol) = word.split_once('/')?;
    let is_digits = port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits || protocol.is_empty() || protocol.contains('/') {
        return None;
    }
    // `parse` refuses an empty port and what exceeds 65535.
    Some((port.parse().ok()?, protocol))
}

/// The port of the service with this name or alias: getservbyname(3).
pub fn port_of(
    services: &[Service],
    name: &str,
    protocol: &str,
) -> Option<u16> {
    let is_meant = |service: &&Service| {
        let is_alias = service.aliases.iter().any(|alias| alias == name);
        service.protocol == protocol && (service.name == name || is_alias)
    };
    services.iter().find(is_meant).map(|service| service.port)
}

/// The official name of the service on this port: getservbyport(3).
pub fn name_of<'a>(
    services: &'a [Service],
    port: u16,
    protocol: &str,
) -> Option<&'a str> {
    let is_meant = |service: &&Service| {
        service.port == port && service.protocol == protocol
    };
    let found = services.iter().find(is_meant);
    found.map(|service| {
        let alias = service.aliases.first();
        alias.unwrap_or(&service.name).as_str()
    })
}
