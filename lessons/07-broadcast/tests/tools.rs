//! The tools from outside, on the loopback interface: what is sent to
//! everybody is heard by everybody, and bad input is refused in one line.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A running tool, which ends with the test.
struct Tool {
    child: Child,
    told: BufReader<ChildStdout>,
}

impl Tool {
    fn start(arguments: &[&str]) -> Tool {
        let mut child = lesson(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        Tool { child, told }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.told.read_line(&mut line).unwrap();
        line.trim_end().to_string()
    }

    fn type_in(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lesson(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-broadcast"));
    command.args(arguments);
    command
}

/// A tool that must refuse; what it said.
fn refused(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } =
        lesson(arguments).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert!(!status.success(), "{told}");
    assert_eq!(String::from_utf8_lossy(&stdout), "");
    assert!(!told.contains("panicked"), "{told}");
    told
}

/// A port that nobody else has: its holder goes with the test.
fn port(at: &str) -> (UdpSocket, u16) {
    let holder =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None);
    let holder = holder.unwrap();
    holder.set_reuse_address(true).unwrap();
    let at: SocketAddr = format!("{at}:0").parse().unwrap();
    holder.bind(&at.into()).unwrap();
    let holder = UdpSocket::from(holder);
    let port = holder.local_addr().unwrap().port();
    (holder, port)
}

#[test]
fn everybody_who_listens_hears_what_is_sent_to_everybody() {
    let (_holder, port) = port("127.255.255.255");
    let everybody = format!("127.255.255.255:{port}");
    let mut ears = [(); 2].map(|()| Tool::start(&["listen", &everybody]));
    for ear in &mut ears {
        assert_eq!(ear.line(), format!("listening on {everybody}"));
    }

    let mut sender = Tool::start(&["send", &everybody]);
    sender.type_in("hello\n");

    for ear in &mut ears {
        assert!(ear.line().ends_with("5 bytes: \"hello\""));
    }
    let kind = "everybody in the network of lo";
    assert_eq!(sender.line(), format!("sending to {everybody}, {kind}"));
}

#[test]
fn a_group_is_heard_by_whoever_has_joined() {
    let (_holder, port) = port("239.255.77.1");
    let group = format!("239.255.77.1:{port}");
    let mut ear = Tool::start(&["listen", &group]);
    assert_eq!(ear.line(), format!("listening on {group}"));

    let mut sender = Tool::start(&["send", &group]);
    sender.type_in("hello\n");

    assert!(ear.line().ends_with("5 bytes: \"hello\""));
    assert!(sender.line().ends_with("a group, by lo"));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let (_holder, port) = port("127.255.255.255");
    let everybody = format!("127.255.255.255:{port}");
    let mut ear = Tool::start(&["listen", &everybody]);
    ear.line();
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_broadcast(true).unwrap();

    stranger.send_to(b"\x1b[2J\xff", &everybody).unwrap();

    assert!(ear.line().ends_with("5 bytes: \"\\u{1b}[2J\u{fffd}\""));
}

#[test]
fn whoever_listens_at_one_hosts_address_is_told_what_is_missed() {
    let (_holder, port) = port("127.0.0.1");
    let mut ear = Tool::start(&["listen", &format!("127.0.0.1:{port}")]);
    ear.line();

    assert_eq!(
        ear.line(),
        "this is one host's address: broadcasts won't be heard here"
    );
}

#[test]
fn an_interface_that_is_missing_is_named_with_those_that_are_there() {
    for tool in [
        &["send", "--interface", "eth77"][..],
        &["listen", "239.1.2.3:8888", "--interface", "eth77"],
        &["send", "--interface", "10.99.99.99"],
    ] {
        let told = refused(tool);
        assert!(told.contains("no interface here has this name"), "{told}");
        assert!(told.contains("lo (127.0.0.1/8)"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn an_address_of_another_machine_cannot_be_listened_at() {
    let told = refused(&["listen", "192.0.2.77:8888"]);

    assert_eq!(
        told,
        "lesson-broadcast: bind 192.0.2.77:8888: Cannot assign requested \
         address (EADDRNOTAVAIL)\n"
    );
}

#[test]
fn a_network_without_a_broadcast_address_says_so() {
    let told = lesson(&["addresses", "10.1.2.6/31"]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();

    assert!(told.lines().any(|line| line.contains("none")), "{told}");
}

#[test]
fn what_is_no_address_with_a_prefix_is_refused_with_the_remedy() {
    let told = refused(&["addresses", "10.0.0.1"]);
    assert!(told.contains("write 10.0.0.1/24"), "{told}");
    let told = refused(&["addresses", "10.0.0.1/33"]);
    assert!(told.contains("a number from 0 to 32"), "{told}");
    let told = refused(&["addresses", "10.0.0/8"]);
    assert!(told.contains("four numbers"), "{told}");
}

#[test]
fn a_storm_without_bounds_is_refused() {
    for frames in ["0", "1", "20001", "-5", "many"] {
        refused(&["storm", &format!("--frames={frames}")]);
    }
    for time in ["0", "20001", "-5", "0.5"] {
        refused(&["storm", &format!("--milliseconds={time}")]);
    }
    for work in ["21", "-1", "much"] {
        refused(&["storm", &format!("--processor={work}")]);
    }
}
