//! Seven, five and four layers side by side, and where each of them lives on
//! a machine: ITU-T X.200, section 7; RFC 1122, section 1.1.3.
//!
//! The machine is alice, a host of the lab, so that every reader sees the
//! same. What she is asked, every Linux machine can be asked.

use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use lab::{Capture, Host};
use lesson_osi_layers::ethernet::Mac;
use narrator::{During, Trouble, line};
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{getsockopt, sockopt::IpMtu};
use socket2::Socket;

use crate::scene::{SERVER, Scene};

const MODELS: &str =
    "  OSI, seven     the job                              five         four
7 application    services to the user: files, mail    application  application
6 presentation   conversion, compression, encryption  application  application
5 session        a dialogue: begins, resumes, ends    application  application
4 transport      connections, delivery, flow control  transport    transport
3 network        packets, addresses, routes           network      network
2 data link      frames, over one link                link         link
1 physical       signals: media, cards and ports      physical     link";

/// The models, and then alice while she talks to bob.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/models.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    line(MODELS);
    line("");
    let mut scene = Scene::open(lab)?;
    let (client, _server) = scene.connect()?;
    line("alice, while she is connected to bob:");
    tell(&scene.alice, &client)?;
    scene.close(capture)
}

/// What the kernel says of each layer, from the top to the bottom.
fn tell(alice: &Host, client: &Socket) -> Result<(), Trouble> {
    let program = program().during("readlink /proc/self/exe")?;
    say("application", "program", program, "/proc/self/exe");
    let (here, there) = (client.local_addr(), client.peer_addr());
    let here = address(here).during("getsockname")?;
    let there = address(there).during("getpeername")?;
    let pair = format!("{here} → {there}");
    say("transport", "socket", pair, "getsockname(2)");
    let interface = alice.enter(interface).during("ask for interfaces")?;
    let Interface { name, address, prefix, mac, mtu } = interface;
    say("network", "address", format!("{address}/{prefix}"), "getifaddrs(3)");
    for route in alice.enter(routes).during("read the routes")? {
        say("network", "route", route, "/proc/net/route");
    }
    say("link", "neighbour", neighbour(alice)?, "/proc/net/arp");
    say("link", "interface", format!("{name}, {mac}"), "getifaddrs(3)");
    say("link", "MTU", format!("{mtu} bytes"), "IP_MTU");
    say("physical", "cable", "none: a program carries frames", "the lab");
    Ok(())
}

fn say(layer: &str, what: &str, value: impl Display, source: &str) {
    line(format_args!("{layer:<12} {what:<10} {value:<32} {source}"));
}

fn program() -> io::Result<String> {
    let path = std::env::current_exe()?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(name.to_string_lossy().into_owned())
}

fn address(address: io::Result<socket2::SockAddr>) -> io::Result<SocketAddrV4> {
    address?.as_socket_ipv4().ok_or(ErrorKind::Unsupported.into())
}

/// The interface that isn't loopback.
struct Interface {
    name: String,
    address: Ipv4Addr,
    prefix: u32,
    mac: Mac,
    mtu: i32,
}

fn interface() -> io::Result<Interface> {
    let missing = || io::Error::from(ErrorKind::NotFound);
    // getifaddrs(3) gives an entry for each address, of each family.
    let entries: Vec<_> =
        getifaddrs()?.filter(|e| e.interface_name != "lo").collect();
    let mac = entries.iter().find_map(|entry| {
        entry.address.as_ref()?.as_link_addr()?.addr().map(Mac)
    });
    let ipv4 = entries.iter().find_map(|entry| {
        let address = entry.address.as_ref()?.as_sockaddr_in()?.ip();
        let netmask = entry.netmask.as_ref()?.as_sockaddr_in()?.ip();
        let prefix = netmask.to_bits().leading_ones();
        Some((entry.interface_name.clone(), address, prefix))
    });
    let (name, address, prefix) = ipv4.ok_or_else(missing)?;
    // ip(7): IP_MTU, of a connected socket. Sends nothing.
    let socket = UdpSocket::bind((address, 0))?;
    socket.connect(SERVER)?;
    let mtu = getsockopt(&socket, IpMtu)?;
    Ok(Interface { name, address, prefix, mac: mac.ok_or_else(missing)?, mtu })
}

/// The routing table: proc_pid_net(5). Addresses are in hexadecimal there,
/// their bytes in the order of this machine.
fn routes() -> io::Result<Vec<String>> {
    let table = fs::read_to_string("/proc/thread-self/net/route")?;
    let route = |line: &str| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let address = |index: usize| {
            let number = u32::from_str_radix(columns.get(index)?, 16).ok()?;
            Some(Ipv4Addr::from(number.to_ne_bytes()))
        };
        let (network, mask) = (address(1)?, address(7)?);
        let prefix = mask.to_bits().leading_ones();
        let name = columns.first()?;
        Some(format!("{network}/{prefix} is behind {name}"))
    };
    Ok(table.lines().skip(1).filter_map(route).collect())
}

/// The neighbour whose link address is known: arp(7).
fn neighbour(alice: &Host) -> Result<String, Trouble> {
    let read = || fs::read_to_string("/proc/thread-self/net/arp");
    let table = alice.enter(read).during("read /proc/net/arp")?;
    let known = table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        Some(format!("{} is {}", columns.first()?, columns.get(3)?))
    });
    known
        .ok_or_else(|| io::Error::from(ErrorKind::NotFound))
        .during("find bob in /proc/net/arp")
}
