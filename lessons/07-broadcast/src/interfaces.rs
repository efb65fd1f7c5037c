//! The IPv4 addresses of this machine's interfaces: `getifaddrs(3)`.

use std::io;
use std::net::Ipv4Addr;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::SockaddrStorage;

use crate::Subnet;

/// One address of one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The interface's name, such as `eth0`.
    pub name: String,
    /// The address, and the length of its network's prefix.
    pub subnet: Subnet,
    /// The broadcast address that the kernel has noted for it.
    pub broadcast: Option<Ipv4Addr>,
    /// It is switched on.
    pub up: bool,
    /// It takes multicasts.
    pub multicast: bool,
}

/// All IPv4 addresses of the machine; inside the lab, those of the host.
pub fn interfaces() -> io::Result<Vec<Interface>> {
    let all = getifaddrs()?;
    let found = all.filter_map(|one| {
        let address = ipv4(one.address.as_ref())?;
        let netmask = u32::from(ipv4(one.netmask.as_ref())?);
        let broadcasts = one.flags.contains(InterfaceFlags::IFF_BROADCAST);
        Some(Interface {
            name: one.interface_name,
            subnet: Subnet::new(address, netmask.leading_ones() as u8)?,
            broadcast: ipv4(one.broadcast.as_ref()).filter(|_| broadcasts),
            up: one.flags.contains(InterfaceFlags::IFF_UP),
            multicast: one.flags.contains(InterfaceFlags::IFF_MULTICAST),
        })
    });
    Ok(found.collect())
}

fn ipv4(address: Option<&SockaddrStorage>) -> Option<Ipv4Addr> {
    Some(address?.as_sockaddr_in()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_has_a_loopback_interface_of_8_bits() {
        let all = interfaces().unwrap();

        let lo = all.iter().find(|one| one.name == "lo").unwrap();
        assert_eq!(lo.subnet, "127.0.0.1/8".parse().unwrap());
        assert_eq!(lo.broadcast, None);
    }
}
