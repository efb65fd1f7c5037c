//! Which interface a tool shall use: by its name, or by its address.

use std::io;
use std::net::Ipv4Addr;

use lesson_broadcast::interfaces::{Interface, interfaces};

/// The interface that has this name or this address.
///
/// Errors: there is none such; the words tell which there are.
pub fn interface(asked: &str) -> io::Result<Interface> {
    let all = interfaces()?;
    let address: Option<Ipv4Addr> = asked.parse().ok();
    let fits = |one: &&Interface| {
        one.name == asked || Some(one.subnet.address()) == address
    };
    all.iter().find(fits).cloned().ok_or_else(|| {
        let there: Vec<_> = all
            .iter()
            .map(|one| format!("{} ({})", one.name, one.subnet))
            .collect();
        let there = there.join(", ");
        let words = format!(
            "no interface here has this name or IPv4 address; \
             there are: {there}"
        );
        io::Error::new(io::ErrorKind::NotFound, words)
    })
}

/// The address that means everybody at this interface.
///
/// Errors: it has none.
pub fn everybody(interface: &Interface) -> io::Result<Ipv4Addr> {
    interface.subnet.broadcast().ok_or_else(|| {
        let Interface { name, subnet, .. } = interface;
        let words = format!(
            "{name} has {subnet}: a network of one or two hosts, in which no \
             address means everybody (RFC 3021). Name the host, or a group"
        );
        io::Error::new(io::ErrorKind::Unsupported, words)
    })
}
