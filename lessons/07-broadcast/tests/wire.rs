//! What the demos on the wire print, as the book shows it, what tshark reads
//! in their frames, and what the tools and options say to bad input.

use std::process::{Command, ExitCode};

use std::fs;
use std::io::{ErrorKind, IoSliceMut};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use lab::{Host, Lab, Plan, Seen, Wire};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt,
    sockopt,
};
use support::transcript::Lesson;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("announce", &[])
        .shows("denied", &[])
        .shows("addresses", &[])
        .shows("missed", &[])
        .shows("multicast", &[])
        .shows("discover", &[])
        .shows("storm", &[])
        .records("announce")
        .opens_in_tshark("announce")
        .opens_in_tshark("denied")
        .opens_in_tshark("addresses")
        .opens_in_tshark("missed")
        .opens_in_tshark("multicast")
        .opens_in_tshark("discover")
        .opens_in_tshark("storm")
        .claim("a_storm_keeps_to_the_bound_it_is_given", bounded)
        .claim("a_storm_ends_when_its_time_is_over", timed)
        .claim("a_storm_ends_when_it_has_worked_enough", worked)
        .claim_in_tshark("tshark_reads_the_same_in_igmp", igmp)
        .inside(&[
            ("a_limited_broadcast_leaves_where_its_socket_is_bound", limited),
            ("a_socket_that_is_closed_leaves_its_group", left),
            ("hosts_ignore_a_ping_to_everybody", no_pong),
            ("a_socket_on_the_groups_address_hears_nothing_else", only),
            ("recvmsg_can_tell_where_a_datagram_was_sent_to", sent_to),
        ])
        .run()
}

fn bounded(lesson: &Lesson) {
    let told = lesson.run(&["storm", "--frames", "2"]);

    assert!(told.contains("1 sent, 1 came round again"), "{told}");
    assert!(told.contains("bob     kernel     2 frames in"), "{told}");
}

fn timed(lesson: &Lesson) {
    // No machine sends so many frames within a millisecond.
    let told = lesson.run(&["storm", "--frames=20000", "--milliseconds=1"]);

    let opens = told.lines().find(|line| line.contains("opens")).expect("why");
    assert!(opens.ends_with("frames: the bound of time"), "{told}");
    let count = opens.split(' ').find_map(|word| word.parse::<u32>().ok());
    let count = count.expect("how many frames");
    assert!((1..20_000).contains(&count), "{told}");
    let heard = format!("bob     kernel     {count} frames in, {count} taken");
    assert!(told.contains(&heard), "{told}");
}

fn worked(_: &Lesson) {
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-broadcast"))
        .args(["storm", "--frames=20000", "--processor=0"])
        .output()
        .expect("the storm runs");

    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let why = "lesson-broadcast: storm: stopped after 0 s of processor: ";
    assert!(told.starts_with(why), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    let story = String::from_utf8_lossy(&output.stdout);
    assert!(!story.contains("wire    TTL"), "not to the end: {story}");
}

/// tshark finds bob and alice joining, and bob leaving.
fn igmp(lesson: &Lesson) {
    let unique = format!("igmp-{}.pcap", std::process::id());
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique);
    lesson.run(&["multicast", "--pcap", file.to_str().expect("UTF-8")]);
    let output = Command::new("tshark")
        // Where it may not read a user's settings, tshark crashes.
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .args([
            "-Y",
            "igmp",
            "-T",
            "fields",
            "-e",
            "ip.src",
            "-e",
            "igmp.maddr",
        ])
        .args(["-e", "igmp.record_type", "-r"])
        .arg(&file)
        .output()
        .expect("tshark runs");
    std::fs::remove_file(&file).expect("the capture is there");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tshark: {told}");
    let read = String::from_utf8(output.stdout).expect("text");

    let read: Vec<_> = read.lines().collect();
    let (to_include, to_exclude) = (3, 4);
    let says = |who: &str, what| format!("{who}\t239.1.2.3\t{what}");
    assert_eq!(
        read,
        [
            says("10.0.0.2", to_exclude),
            says("10.0.0.1", to_exclude),
            says("10.0.0.2", to_include),
        ]
    );
}

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);

/// Alice and bob on a wire.
fn two(lab: &mut Lab) -> (Host, Host, Wire) {
    let (alice, bob) = (lab.host("alice").unwrap(), lab.host("bob").unwrap());
    lab.introduce(&[&alice, &bob]).unwrap();
    let wire = lab.join(Plan::new()).unwrap();
    (alice, bob, wire)
}

fn open(host: &Host, at: &str) -> UdpSocket {
    let socket = host.enter(|| UdpSocket::bind(at)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.set_broadcast(true).unwrap();
    socket
}

/// A host without a default route finds the link by its own address.
fn limited(mut lab: Lab) {
    let (alice, bob, _wire) = two(&mut lab);
    let ear = open(&bob, "0.0.0.0:8888");
    let unbound = open(&alice, "0.0.0.0:7001");
    let bound = open(&alice, "10.0.0.1:7002");

    let refused = unbound.send_to(b"x", "255.255.255.255:8888").unwrap_err();
    bound.send_to(b"x", "255.255.255.255:8888").unwrap();

    assert_eq!(refused.kind(), ErrorKind::NetworkUnreachable);
    assert_eq!(ear.recv(&mut [0; 8]).unwrap(), 1);
}

fn igmp_type(seen: &Seen) -> Option<u8> {
    // IGMP is protocol 2; behind an IPv4 header with the router alert.
    let is_igmp = seen.bytes.get(23) == Some(&2);
    is_igmp.then(|| seen.bytes.get(46).copied())?
}

/// The kernel tells the network, as if the program had left.
fn left(mut lab: Lab) {
    let (_alice, bob, wire) = two(&mut lab);
    let member = open(&bob, "0.0.0.0:8888");
    member.join_multicast_v4(&GROUP, &bob.address()).unwrap();
    wire.wait_for(1, |seen| igmp_type(seen) == Some(4)).unwrap();

    drop(member);

    wire.wait_for(1, |seen| igmp_type(seen) == Some(3)).unwrap();
}

fn no_pong(mut lab: Lab) {
    let (alice, _bob, _wire) = two(&mut lab);
    let path = "/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts";

    let ignored = alice.enter(|| fs::read_to_string(path)).unwrap();

    assert_eq!(ignored.trim(), "1");
}

fn only(mut lab: Lab) {
    let (alice, bob, _wire) = two(&mut lab);
    let member = open(&bob, "239.1.2.3:8888");
    member.join_multicast_v4(&GROUP, &bob.address()).unwrap();
    let sender = open(&alice, "10.0.0.1:7001");

    sender.send_to(b"to bob", "10.0.0.2:8888").unwrap();
    sender.send_to(b"to all", "10.0.0.255:8888").unwrap();
    sender.send_to(b"group", "239.1.2.3:8888").unwrap();

    assert_eq!(member.recv(&mut [0; 16]).unwrap(), 5);
}

fn sent_to(mut lab: Lab) {
    let (alice, bob, _wire) = two(&mut lab);
    let ear = open(&bob, "0.0.0.0:8888");
    setsockopt(&ear, sockopt::Ipv4PacketInfo, &true).unwrap();
    let sender = open(&alice, "10.0.0.1:7001");

    for to in ["10.0.0.255", "10.0.0.2"] {
        sender.send_to(b"x", (to, 8888)).unwrap();

        let mut room = [0; 8];
        let mut into = [IoSliceMut::new(&mut room)];
        let mut space = nix::cmsg_space!(nix::libc::in_pktinfo);
        let message = recvmsg::<SockaddrStorage>(
            ear.as_raw_fd(),
            &mut into,
            Some(&mut space),
            MsgFlags::empty(),
        )
        .unwrap();
        let told = message.cmsgs().unwrap().next();
        let Some(ControlMessageOwned::Ipv4PacketInfo(info)) = told else {
            panic!("no packet info");
        };
        let address = Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr));
        assert_eq!(address.to_string(), to);
    }
}
