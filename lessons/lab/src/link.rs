//! Interfaces, addresses and neighbours: what `ip` does, by the same means.
//!
//! A program asks the kernel to change its network through a netlink socket,
//! in messages of this shape, netlink(7) and rtnetlink(7):
//!
//! ```text
//!  ┌────────────────┬───────────────────────┬───────────┬───────────┬──
//!  │ length, type,  │ what it is about:     │ attribute │ attribute │ …
//!  │ flags          │ ifinfomsg, ifaddrmsg… │ len type… │ len type… │
//!  └────────────────┴───────────────────────┴───────────┴───────────┴──
//!    16 bytes                                 each padded to 4 bytes
//! ```
//!
//! The lab needs five such messages. They are written here and not taken from
//! a crate, since the netlink crates would be most of what a lesson compiles
//! (about 30 crates); and not left to the program `ip`, which not every
//! machine has, and which takes a process for each change.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use narrator::{During, Trouble};
use nix::errno::Errno;
use nix::libc::{
    self, AF_INET, AF_UNSPEC, IFF_UP, IFLA_ADDRESS, IFLA_IFNAME,
    IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_LINKINFO, IFLA_MTU, IFLA_NET_NS_FD,
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, RTM_NEWADDR,
    RTM_NEWLINK, RTM_NEWNEIGH,
};
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send,
    socket,
};

use crate::namespace::Namespace;
use crate::sys;

/// The six bytes of an Ethernet address.
pub type Mac = [u8; 6];

/// VETH_INFO_PEER of linux/veth.h: the other end's own message.
const VETH_INFO_PEER: u16 = 1;

// ANCHOR: veth
/// Makes a pair of interfaces joined back to back, veth(4): what goes into
/// one comes out of the other. `near` is born in this thread's namespace,
/// `eth0` in the host's, with the Ethernet address `mac`.
///
/// Errors: EEXIST when the name is taken, EPERM without CAP_NET_ADMIN,
/// EOPNOTSUPP when the kernel has no veth.
pub fn make_veth(
    near: &str,
    host: &Namespace,
    mac: Mac,
    mtu: u32,
) -> Result<(), Trouble> {
    let namespace = host.as_fd().as_raw_fd();
    let mut message = Message::new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    message.interface(0, 0);
    message.attribute(IFLA_IFNAME, near.as_bytes());
    message.attribute(IFLA_MTU, &mtu.to_ne_bytes());
    message.nest(IFLA_LINKINFO, |info| {
        info.attribute(IFLA_INFO_KIND, b"veth");
        info.nest(IFLA_INFO_DATA, |data| {
            data.nest(VETH_INFO_PEER, |peer| {
                peer.interface(0, 0);
                peer.attribute(IFLA_IFNAME, b"eth0");
                peer.attribute(IFLA_ADDRESS, &mac);
                peer.attribute(IFLA_MTU, &mtu.to_ne_bytes());
                peer.attribute(IFLA_NET_NS_FD, &namespace.to_ne_bytes());
            });
        });
    });
    message.ask().during(format_args!("make the veth pair of {near}"))
}
// ANCHOR_END: veth

/// Switches an interface on, as `ip link set NAME up` does.
pub fn set_up(name: &str) -> Result<(), Trouble> {
    let up = IFF_UP as u32;
    let ask = || {
        let mut message = Message::new(RTM_NEWLINK, 0);
        message.interface(if_nametoindex(name)?, up);
        message.ask()
    };
    ask().during(format_args!("switch {name} on"))
}

/// Sets the longest packet, in bytes, that an interface sends in one frame.
pub fn set_mtu(name: &str, mtu: u32) -> Result<(), Trouble> {
    let ask = || {
        let mut message = Message::new(RTM_NEWLINK, 0);
        message.interface(if_nametoindex(name)?, 0);
        message.attribute(IFLA_MTU, &mtu.to_ne_bytes());
        message.ask()
    };
    ask().during(format_args!("set the MTU of {name} to {mtu}"))
}

/// Gives an interface an address, and with it the route to `prefix` bits of
/// neighbours, as `ip address add` does.
pub fn add_address(
    name: &str,
    address: IpAddr,
    prefix: u8,
) -> Result<(), Trouble> {
    let (family, bytes) = family_and_bytes(address);
    let ask = || {
        let mut message = Message::new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
        // struct ifaddrmsg: family, prefix, flags, scope, index. No other
        // host is asked whether it has the address, RFC 4862, section 5.4.
        let flags = libc::IFA_F_NODAD as u8;
        message.put(&[family, prefix, flags, 0]);
        message.put(&if_nametoindex(name)?.to_ne_bytes());
        message.attribute(libc::IFA_LOCAL, &bytes);
        message.attribute(libc::IFA_ADDRESS, &bytes);
        if let IpAddr::V4(address) = address {
            let all = u32::from(address) | u32::MAX >> prefix;
            let all = Ipv4Addr::from(all).octets();
            message.attribute(libc::IFA_BROADCAST, &all);
        }
        message.ask()
    };
    ask().during(format_args!("give {name} the address {address}"))
}

/// Tells an interface for good which Ethernet address a neighbour has, so
/// that it never asks, as `ip neighbour add … nud permanent` does.
pub fn add_neighbour(
    name: &str,
    address: Ipv4Addr,
    mac: Mac,
) -> Result<(), Trouble> {
    let ask = || {
        let mut message = Message::new(RTM_NEWNEIGH, NLM_F_CREATE);
        // struct ndmsg: family, padding, index, state, flags, type.
        message.put(&[AF_INET as u8, 0, 0, 0]);
        message.put(&if_nametoindex(name)?.to_ne_bytes());
        message.put(&libc::NUD_PERMANENT.to_ne_bytes());
        message.put(&[0, 0]);
        message.attribute(libc::NDA_DST, &address.octets());
        message.attribute(libc::NDA_LLADDR, &mac);
        message.ask()
    };
    ask().during(format_args!("tell {name} the neighbour {address}"))
}

fn family_and_bytes(address: IpAddr) -> (u8, Vec<u8>) {
    match address {
        IpAddr::V4(address) => (AF_INET as u8, address.octets().to_vec()),
        IpAddr::V6(address) => {
            (libc::AF_INET6 as u8, address.octets().to_vec())
        }
    }
}

/// What a kernel leaves to the network card where it can, with the commands
/// of linux/ethtool.h that switch it on and off.
const OFFLOADS: [(&str, u32); 5] = [
    ("checking checksums", 0x15),   // ETHTOOL_SRXCSUM
    ("computing checksums", 0x17),  // ETHTOOL_STXCSUM
    ("cutting TCP segments", 0x1f), // ETHTOOL_STSO
    ("cutting packets", 0x24),      // ETHTOOL_SGSO
    ("joining packets", 0x2c),      // ETHTOOL_SGRO
];

/// Says whether the kernel may leave work to the interface.
///
/// A veth pair claims to be a card that can do it all, and does nothing: the
/// other end is told to trust. So frames leave with checksums that nobody has
/// computed, and in pieces of up to 64 KiB. The lab switches it off.
pub fn set_offloads(name: &str, on: bool) -> Result<(), Trouble> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0")
        .during("open a socket for the ethtool ioctl")?;
    for (what, command) in OFFLOADS {
        sys::ethtool(socket.as_fd(), name, command, on.into())
            .during(format_args!("{what} by {name}: switch to {on}"))?;
    }
    Ok(())
}

/// A netlink message in the making.
struct Message(Vec<u8>);

impl Message {
    /// The header; its length is filled in by [`ask`](Self::ask).
    fn new(kind: u16, flags: i32) -> Self {
        let flags = (NLM_F_REQUEST | NLM_F_ACK | flags) as u16;
        let mut message = Message(vec![0; 4]);
        message.put(&kind.to_ne_bytes());
        message.put(&flags.to_ne_bytes());
        message.put(&[0; 8]); // sequence number, port: one question at a time
        message
    }

    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// struct ifinfomsg: family, type, index, flags, and which flags change.
    fn interface(&mut self, index: u32, flags: u32) {
        self.put(&[AF_UNSPEC as u8, 0, 0, 0]);
        self.put(&index.to_ne_bytes());
        self.put(&flags.to_ne_bytes());
        self.put(&flags.to_ne_bytes());
    }

    /// Its length (4 for the head, and the value), its type, the value.
    fn attribute(&mut self, kind: u16, value: &[u8]) {
        self.nest(kind, |message| message.put(value));
    }

    /// An attribute whose value is built in place.
    fn nest(&mut self, kind: u16, fill: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.put(&[0; 2]);
        self.put(&kind.to_ne_bytes());
        fill(self);
        let length = (self.0.len() - start) as u16;
        self.0[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// Sends the message and takes the kernel's answer, which for an order
    /// like these is an error number, 0 when it was obeyed.
    fn ask(mut self) -> io::Result<()> {
        let length = self.0.len() as u32;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        let socket = netlink()?;
        send(socket.as_raw_fd(), &self.0, MsgFlags::empty())?;
        let mut answer = [0; 4096];
        let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty())?;
        match answer[..length].get(16..20) {
            // struct nlmsgerr: the negated errno comes first.
            Some(&[a, b, c, d]) => match -i32::from_ne_bytes([a, b, c, d]) {
                0 => Ok(()),
                errno => Err(io::Error::from_raw_os_error(errno)),
            },
            _ => Err(Errno::EPROTO.into()),
        }
    }
}

fn netlink() -> io::Result<OwnedFd> {
    Ok(socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?)
}
