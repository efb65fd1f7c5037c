//! What hosts tell each other about the network itself: ICMP, RFC 792, and
//! in IPv6 the questions that ARP asks in IPv4, RFC 4861.
//!
//! ```text
//! alice                                bob's kernel, no program of his
//! echo request                    →
//!                                 ←    echo reply
//! UDP, to a port nobody has       →
//!                                 ←    destination unreachable: port
//! ```

use std::fs;
use std::io::{self, Read};
use std::net::{Ipv6Addr, SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use lab::{Capture, Host};
use lesson_osi_layers::frame::{Kind, dissect};
use lesson_osi_layers::icmp;
use narrator::{During, Trouble, explain, line, say};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::dissect::tell_layers;
use crate::scene::{CLIENT, SERVER, Scene};

const DATA: &[u8] = b"are you there?";

/// An echo, and a datagram that nobody takes.
pub fn icmp(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/icmp.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let mut scene = Scene::open(lab)?;
    echo(&mut scene)?;
    line("");
    nobody_listens(&mut scene)?;
    scene.close(capture)
}

fn echo(scene: &mut Scene) -> Result<(), Trouble> {
    // raw(7): the program writes the message, the kernel IPv4's header.
    let open = || Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4));
    let mut alice = scene.alice.enter(open).during("socket")?;
    let header = icmp::Header::echo_request(7, 1).to_bytes(DATA);
    let bob = SockAddr::from(SocketAddr::from((*SERVER.ip(), 0)));
    alice.send_to(&[&header, DATA].concat(), &bob).during("send")?;

    told("alice", &scene.alice_sends()?);
    told("bob", &scene.bob_sends()?);
    let count = alice.read(&mut [0; 1500]).during("recv")?;
    say("alice", "recv", format_args!("{count} bytes: IPv4, ICMP, data"));
    Ok(())
}

fn nobody_listens(scene: &mut Scene) -> Result<(), Trouble> {
    let alice = || {
        let socket = UdpSocket::bind(CLIENT)?;
        // So that errors about what is sent there come back to this socket.
        socket.connect(SERVER)?;
        Ok(socket)
    };
    let alice = scene.alice.enter(alice).during("connect")?;
    alice.send(b"hello").during("send")?;
    scene.alice_sends()?;
    say("alice", "send", format_args!("UDP to port {}", SERVER.port()));
    told("bob", &scene.bob_sends()?);
    match alice.recv(&mut [0; 16]) {
        Ok(count) => say("alice", "recv", format_args!("{count} bytes")),
        Err(error) => say("alice", "recv", explain(&error)),
    }
    Ok(())
}

/// A frame's layers above IP.
fn told(from: &str, frame: &[u8]) {
    say(from, "sends", format_args!("{} bytes:", frame.len()));
    tell_layers(frame, |kind| !matches!(kind, Kind::Ethernet | Kind::Ipv4));
}

/// The same two hosts, with IPv6: who has the address, and a datagram.
pub fn ipv6(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/ipv6.snap");
    let Some(lab) = capture.enter_with_ipv6(RECORDED)? else { return Ok(()) };
    let mut scene = Scene::strangers(lab)?;
    for host in [&scene.alice, &scene.bob] {
        // ip-sysctl: the kernel would choose flow labels at random.
        host.set("ipv6/auto_flowlabels", "0")?;
        host.enable_ipv6()?;
        address_in_use(host)?;
    }
    let bob = SocketAddr::from((scene.bob.address_v6(), SERVER.port()));
    let _receiver = scene.bob.enter(|| UdpSocket::bind(bob)).during("bind")?;
    let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, CLIENT.port()));
    let alice = scene.alice.enter(|| UdpSocket::bind(any)).during("bind")?;
    alice.send_to(b"hello", bob).during("send")?;

    line("alice asks who has bob's address:");
    tell_layers(&no_report(|| scene.alice_sends())?, |_| true);
    line("bob answers:");
    tell_layers(&no_report(|| scene.bob_sends())?, |_| true);
    line("alice's datagram:");
    tell_layers(&no_report(|| scene.alice_sends())?, |_| true);
    scene.close(capture)
}

/// The next frame that isn't a report. Hosts tell routers to which groups
/// they listen, some time after they joined, and their reports alone begin
/// with a hop-by-hop header: RFC 3810, section 5.2.
fn no_report(
    mut next: impl FnMut() -> Result<Vec<u8>, Trouble>,
) -> Result<Vec<u8>, Trouble> {
    loop {
        let frame = next()?;
        if dissect(&frame).layer(Kind::HopByHop).is_none() {
            return Ok(frame);
        }
    }
}

/// Waits until the host listens to the group in which neighbours ask for its
/// IPv6 address, five seconds at most: the kernel joins it some time after
/// the address was given (RFC 4291, section 2.7.1; proc_pid_net(5)).
fn address_in_use(host: &Host) -> Result<(), Trouble> {
    let group = format!("ff0200000000000000000001ff0000{:02x}", host.mac()[5]);
    let read = || fs::read_to_string("/proc/thread-self/net/igmp6");
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let groups = host.enter(read).during("read /proc/net/igmp6")?;
        if groups.contains(&group) {
            return Ok(());
        }
        if Instant::now() > end {
            let late = io::Error::from(io::ErrorKind::TimedOut);
            return Err(late).during("wait for an IPv6 address");
        }
        thread::yield_now();
    }
}
